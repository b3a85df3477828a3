/** Of `sc.exe queryex`: numbers alone, since every word around them may be translated. */
export interface QueriedService {
  /** 1 stopped, 2 starting, 3 stopping, 4 running, 5 to 7 on the way to a pause or in one; `null` for anything else. */
  readonly state: number | null;
  readonly win32ExitCode: number | null;
  readonly serviceExitCode: number | null;
  /** Of the service host; `null` when there is no process. */
  readonly pid: number | null;
}

/** `        STATE              : 4  RUNNING`: whatever the label, what stands behind the first colon. */
const FIELD = /^\s+[^:]*:[ \t]*(.*?)\s*$/;

/** The places of the lines of `queryex`, below the name of the service. */
const QUERY = { type: 0, state: 1, win32ExitCode: 2, serviceExitCode: 3, pid: 6 } as const;

/** Reads what `sc.exe queryex NAME` prints, in any language; unknown where it is not what it should be. */
export function parseQuery(output: string): QueriedService {
  const fields = fieldsOf(output);
  const state = number(fields[QUERY.state]);
  const pid = number(fields[QUERY.pid]);
  return {
    state: state !== null && state >= 1 && state <= 7 ? state : null,
    win32ExitCode: number(fields[QUERY.win32ExitCode]),
    serviceExitCode: number(fields[QUERY.serviceExitCode]),
    pid: pid === 0 ? null : pid,
  };
}

/** Of `sc.exe qc`. */
export interface ConfiguredService {
  /** 2 automatic, 3 by hand, 4 disabled. */
  readonly startType: number | null;
  readonly commandLine: string | null;
  readonly account: string | null;
}

const CONFIG = { startType: 1, commandLine: 3 } as const;
/** Type, start, error control, command line, group, tag, display name, dependencies, account. */
const CONFIG_FIELDS = 9;

/** Reads what `sc.exe qc NAME` prints, in any language. Dependencies may take several lines; the account is the last. */
export function parseConfig(output: string): ConfiguredService {
  const fields = fieldsOf(output);
  if (fields.length < CONFIG_FIELDS) return { startType: null, commandLine: null, account: null };
  return {
    startType: number(fields[CONFIG.startType]),
    commandLine: fields[CONFIG.commandLine] || null,
    account: ascii(fields.at(-1) ?? '') || null,
  };
}

/** The folders and files that the command line of our service names; `null` for what it does not. */
export interface NamedByService {
  readonly config: string | null;
  readonly stateDir: string | null;
  readonly logDir: string | null;
}

export function namedByCommandLine(commandLine: string): NamedByService {
  const option = (name: string): string | null => {
    const [, quoted, bare] = new RegExp(` --${name}(?: |=)(?:"([^"]*)"|(\\S+))`).exec(commandLine) ?? [];
    return quoted ?? bare ?? null;
  };
  return { config: option('config'), stateDir: option('state-dir'), logDir: option('log-dir') };
}

function fieldsOf(output: string): readonly string[] {
  return output.split(/\r?\n/).flatMap((line) => FIELD.exec(line)?.[1] ?? []);
}

function number(field: string | undefined): number | null {
  const digits = /^\d{1,10}(?![\dA-Za-z])/.exec(field ?? '')?.[0];
  return digits === undefined ? null : Number(digits);
}

/** Of other letters only their bytes in some code page are known. */
function ascii(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}
