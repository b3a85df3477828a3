/** SERVICE_STATUS, with the names of Windows. */
export interface RawStatus {
  readonly dwServiceType: number;
  readonly dwCurrentState: number;
  readonly dwControlsAccepted: number;
  readonly dwWin32ExitCode: number;
  readonly dwServiceSpecificExitCode: number;
  readonly dwCheckPoint: number;
  readonly dwWaitHint: number;
}

/** A function that Windows may call. It is never given back: Windows holds it until the process ends. */
export type Callback = bigint;

/** The functions of Windows that make a process a service. */
export interface Windows {
  mainCallback(called: () => void): Callback;
  controlCallback(asked: (control: number) => number): Callback;
  /** RegisterServiceCtrlHandlerExW. */
  registerHandler(service: string, callback: Callback): unknown;
  /** SetServiceStatus. @returns 0, or the error. */
  setServiceStatus(handle: unknown, status: RawStatus): number;
  /** StartServiceCtrlDispatcherW, on a native thread. */
  startDispatcher(service: string, main: Callback): { hasEnded(): boolean };
}

const WAIT_OBJECT_0 = 0;

/** Loads koffi, which lies beside the host, and by it what is needed of Windows. */
export async function loadWindows(): Promise<Windows> {
  const { default: koffi } = await import('koffi');
  const advapi = koffi.load('advapi32.dll');
  const kernel = koffi.load('kernel32.dll');

  const Status = koffi.struct({
    dwServiceType: 'uint32',
    dwCurrentState: 'uint32',
    dwControlsAccepted: 'uint32',
    dwWin32ExitCode: 'uint32',
    dwServiceSpecificExitCode: 'uint32',
    dwCheckPoint: 'uint32',
    dwWaitHint: 'uint32',
  });
  const TableEntry = koffi.struct({ lpServiceName: 'void *', lpServiceProc: 'void *' });
  const Main = koffi.proto('void __stdcall ServiceMain(uint32 argc, void *argv)');
  const Handler = koffi.proto(
    'uint32 __stdcall HandlerEx(uint32 control, uint32 type, void *data, void *context)',
  );

  const registerHandler = advapi.func(
    'void * __stdcall RegisterServiceCtrlHandlerExW(str16 name, void *handler, void *context)',
  );
  const setServiceStatus = advapi.func('__stdcall', 'SetServiceStatus', 'int', [
    'void *',
    koffi.pointer(Status),
  ]);
  const getLastError = kernel.func('uint32 __stdcall GetLastError()');
  const getModule = kernel.func('void * __stdcall GetModuleHandleW(str16 name)');
  const getAddress = kernel.func('void * __stdcall GetProcAddress(void *module, str name)');
  const createThread = kernel.func(
    'void * __stdcall CreateThread(void *security, size_t stack, void *procedure, void *parameter, uint32 flags, void *id)',
  );
  const waitFor = kernel.func('uint32 __stdcall WaitForSingleObject(void *handle, uint32 milliseconds)');

  return {
    mainCallback: (called) => koffi.register(called, koffi.pointer(Main)),
    controlCallback: (asked) => koffi.register(asked, koffi.pointer(Handler)),
    registerHandler(service, callback) {
      const handle = registerHandler(service, callback, null);
      if (handle === null)
        throw new Error(`RegisterServiceCtrlHandlerEx failed with error ${getLastError()}`);
      return handle;
    },
    setServiceStatus: (handle, status) => (setServiceStatus(handle, status) ? 0 : getLastError()),
    startDispatcher(service, main) {
      // Neither is given back: Windows reads them whenever it likes.
      const name = koffi.alloc('char16_t', service.length + 1);
      koffi.encode(name, 'char16_t', service, service.length + 1);
      const table = koffi.alloc(TableEntry, 2);
      koffi.encode(table, koffi.array(TableEntry, 2), [
        { lpServiceName: name, lpServiceProc: main },
        { lpServiceName: null, lpServiceProc: null },
      ]);
      const procedure = getAddress(getModule('advapi32.dll'), 'StartServiceCtrlDispatcherW');
      const thread = createThread(null, 0, procedure, table, 0, null);
      if (thread === null) throw new Error(`CreateThread failed with error ${getLastError()}`);
      return { hasEnded: () => waitFor(thread, 0) === WAIT_OBJECT_0 };
    },
  };
}
