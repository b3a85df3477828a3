/** What `sc.exe queryex` prints on an English Windows. */
export const RUNNING = query([
  ['TYPE', '10  WIN32_OWN_PROCESS '],
  ['STATE', '4  RUNNING '],
  ['', '(STOPPABLE, NOT_PAUSABLE, ACCEPTS_PRESHUTDOWN)'],
  ['WIN32_EXIT_CODE', '0  (0x0)'],
  ['SERVICE_EXIT_CODE', '0  (0x0)'],
  ['CHECKPOINT', '0x0'],
  ['WAIT_HINT', '0x0'],
  ['PID', '4312'],
  ['FLAGS', ''],
]);

/** In the shape of a German one: labels and words are others, with letters of code page 850. */
export const RUNNING_GERMAN = query([
  ['TYP', '10  EIGENER_PROZESS '],
  ['STATUS', '4  WIRD AUSGEF\x9aHRT '],
  ['', '(KANN BEENDET WERDEN, NICHT ANHALTBAR, AKZEPTIERT VORHERUNTERFAHREN)'],
  ['WIN32-BEENDIGUNGSCODE', '0  (0x0)'],
  ['DIENST-BEENDIGUNGSCODE', '0  (0x0)'],
  ['PR\x9aFPUNKT', '0x0'],
  ['WARTEHINWEIS', '0x0'],
  ['PID', '4312'],
  ['KENNZEICHEN', ''],
]);

export const starting = (): string => state(2, 0, 0, 4312);
export const stopping = (): string => state(3, 0, 0, 4312);
export const stopped = (win32ExitCode = 0, serviceExitCode = 0): string =>
  state(1, win32ExitCode, serviceExitCode, 0);

function state(number: number, win32: number, service: number, pid: number): string {
  return query([
    ['TYPE', '10  WIN32_OWN_PROCESS '],
    ['STATE', `${number}  SOME_STATE `],
    ['', '(NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)'],
    ['WIN32_EXIT_CODE', `${win32}  (0x${win32.toString(16)})`],
    ['SERVICE_EXIT_CODE', `${service}  (0x${service.toString(16)})`],
    ['CHECKPOINT', '0x1'],
    ['WAIT_HINT', '0x4e20'],
    ['PID', String(pid)],
    ['FLAGS', ''],
  ]);
}

function query(lines: readonly (readonly [label: string, text: string])[]): string {
  const rows = lines.map(([label, text]) =>
    label === '' ? `                                ${text}` : `        ${label.padEnd(19)}: ${text}`,
  );
  return ['', 'SERVICE_NAME: hyperv-checkpoint-agent ', ...rows, ''].join('\r\n');
}

const PROGRAM = 'C:\\Program Files\\hyperv-checkpoint-agent';
const DATA = 'D:\\Agent: data';

/** As setup/names.ps1 makes it. */
export const COMMAND_LINE = `"${PROGRAM}\\node.exe" "${PROGRAM}\\service-host.mjs" --service hyperv-checkpoint-agent --agent "${PROGRAM}\\checkpoint-agent.mjs" --log-dir "${DATA}\\logs" -- --config "${DATA}\\agent.yml" --state-dir "${DATA}\\state"`;

/** What `sc.exe qc` prints. */
export const CONFIG = [
  '[SC] QueryServiceConfig SUCCESS',
  '',
  'SERVICE_NAME: hyperv-checkpoint-agent',
  '        TYPE               : 10  WIN32_OWN_PROCESS ',
  '        START_TYPE         : 2   AUTO_START  (DELAYED)',
  '        ERROR_CONTROL      : 1   NORMAL',
  `        BINARY_PATH_NAME   : ${COMMAND_LINE}  `,
  '        LOAD_ORDER_GROUP   :   ',
  '        TAG                : 0  ',
  '        DISPLAY_NAME       : Hyper-V Checkpoint Agent',
  '        DEPENDENCIES       :   ',
  '        SERVICE_START_NAME : NT SERVICE\\hyperv-checkpoint-agent  ',
  '',
].join('\r\n');

/** In the shape of a German one, with two dependencies. */
export const CONFIG_GERMAN = [
  '[SC] QueryServiceConfig ERFOLG',
  '',
  'SERVICE_NAME: hyperv-checkpoint-agent',
  '        TYP                   : 10  EIGENER_PROZESS ',
  '        STARTTYP              : 3   MANUELLER START',
  '        FEHLERSTEUERUNG       : 1   NORMAL',
  `        BIN\x8eRPFADNAME         : ${COMMAND_LINE}  `,
  '        LADEREIHENFOLGEGRUPPE :   ',
  '        TAG                   : 0  ',
  '        ANZEIGENAME           : Hyper-V Checkpoint Agent',
  '        ABH\x8eNGIGKEITEN        : RpcSs',
  '                              : Winmgmt',
  '        DIENSTSTARTNAME       : FIRMA\\pr\x81fung$  ',
  '',
].join('\r\n');
