/** What `service install` can be told; `null` leaves it to install.ps1. */
export interface InstallRequest {
  readonly name: string;
  readonly installDir: string | null;
  readonly dataDir: string | null;
  readonly account: string | null;
  readonly configFile: string | null;
  readonly listenAddress: string | null;
  readonly listenPort: number | null;
  readonly firewall: boolean;
  readonly remoteAddress: readonly string[];
  readonly noStart: boolean;
  readonly noPath: boolean;
  readonly force: boolean;
  readonly whatIf: boolean;
}

export interface UninstallRequest {
  readonly name: string;
  readonly installDir: string | null;
  readonly dataDir: string | null;
  readonly purge: boolean;
  readonly whatIf: boolean;
}

/** The arguments of install.ps1. `powershell.exe -File` takes each as it is: nothing in them is run. */
export function installArguments(request: InstallRequest): readonly string[] {
  const { name, installDir, dataDir, account, configFile, listenAddress, listenPort } = request;
  return [
    ...value('-ServiceName', name),
    ...value('-InstallDir', installDir),
    ...value('-DataDir', dataDir),
    ...value('-ServiceAccount', account),
    ...value('-ConfigFile', configFile),
    ...value('-ListenAddress', listenAddress),
    ...value('-ListenPort', listenPort === null ? null : String(listenPort)),
    ...flag('-Firewall', request.firewall),
    // `-File` knows no lists; the script takes them apart at the commas.
    ...value('-RemoteAddress', request.remoteAddress.length === 0 ? null : request.remoteAddress.join(',')),
    ...flag('-NoStart', request.noStart),
    ...flag('-NoPath', request.noPath),
    ...flag('-Force', request.force),
    ...flag('-WhatIf', request.whatIf),
  ];
}

/**
 * The arguments of uninstall.ps1.
 * @param processId of this command, which may run from the folder that is to go
 */
export function uninstallArguments(request: UninstallRequest, processId: number): readonly string[] {
  return [
    ...value('-ServiceName', request.name),
    ...value('-InstallDir', request.installDir),
    ...value('-DataDir', request.dataDir),
    ...value('-AfterProcess', String(processId)),
    ...flag('-Purge', request.purge),
    ...flag('-WhatIf', request.whatIf),
  ];
}

function value(parameter: string, text: string | null): readonly string[] {
  return text === null ? [] : [parameter, text];
}

function flag(parameter: string, isSet: boolean): readonly string[] {
  return isSet ? [parameter] : [];
}
