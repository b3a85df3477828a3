import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { generateScenario } from './generate.ts';
import type { Scenario } from './scenario.ts';
import { type Call, prepareStandIn, pwshPath, type StandIn } from './stand-in.ts';

const pwsh = pwshPath();

interface Answer {
  /** What the script returned, through JSON. */
  readonly result: unknown;
  readonly calls: readonly Call[];
  readonly counters: Readonly<Record<string, number>>;
}

/** Runs a script on a pretended host. Its output, which must be one object, comes back. */
async function ask(
  source: string | Scenario,
  script: string,
  environment = fullEnvironment,
): Promise<Answer> {
  await using standIn = await disposable(source);
  // ASCII only, so that half surrogates and control characters survive the pipe.
  const whole = `
    Import-Module Hyper-V -ErrorAction SilentlyContinue
    function Show($e) { [ordered]@{ id = $e.FullyQualifiedErrorId; category = [string]$e.CategoryInfo.Category; code = '{0:X8}' -f $e.Exception.HResult } }
    function Try-This([scriptblock]$s) { try { & $s } catch { Show $_ } }
    $answer = & { ${script} }
    $json = ConvertTo-Json -InputObject $answer -Depth 6 -Compress
    'ANSWER' + [regex]::Replace($json, '[^\\x20-\\x7e]', { param($m) '\\u{0:x4}' -f [int]$m.Value[0] })`;
  const child = spawn(pwsh ?? '', ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', whole], {
    env: environment(standIn),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await once(child, 'close');
  const line = stdout.split('\n').find((text) => text.startsWith('ANSWER'));
  if (line === undefined) throw new Error(`no answer: ${stdout}${stderr}`);
  return {
    result: JSON.parse(line.slice('ANSWER'.length)),
    calls: await standIn.readCalls(),
    counters: await standIn.readCounters(),
  };
}

function fullEnvironment({ env }: StandIn): NodeJS.ProcessEnv {
  return { ...process.env, ...env };
}

async function disposable(source: string | Scenario): Promise<StandIn & AsyncDisposable> {
  const standIn = await prepareStandIn(source);
  return { ...standIn, [Symbol.asyncDispose]: standIn.dispose };
}

it('keeps its PowerShell ASCII, as Windows PowerShell 5.1 needs it', () => {
  const modules = join(import.meta.dirname, 'modules');
  for (const name of readdirSync(modules, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(cs|ps\w+)$/.test(name)) continue;
    expect(readFileSync(join(modules, name), 'latin1'), name).toMatch(/^[\t\n -~]*$/);
  }
});

describe.skipIf(pwsh === null).concurrent('the stand-in under pwsh', () => {
  it('gives objects with the names and types of the real module', async () => {
    const { result } = await ask(
      'one-vm',
      `$vm = Hyper-V\\Get-VM
       $checkpoint = $vm | Hyper-V\\Get-VMSnapshot
       $drive = Hyper-V\\Get-VMHardDiskDrive -VMSnapshot $checkpoint
       $disk = Hyper-V\\Get-VHD -Path (Hyper-V\\Get-VMHardDiskDrive -VM $vm).Path
       [ordered]@{
         types = @($vm, $checkpoint, $drive, $disk | ForEach-Object { $_.GetType().FullName })
         state = $vm.State.GetType().FullName + '=' + [int]$vm.State
         kind = [string]$checkpoint.CreationTime.Kind
         created = $checkpoint.CreationTime.ToUniversalTime().ToString('s')
         parent = $null -eq $checkpoint.ParentSnapshotId
         memory = [string]$checkpoint.State
         noCheckpointType = $null -eq $checkpoint.PSObject.Properties['CheckpointType']
         slot = '{0}:{1}:{2}' -f $drive.ControllerType, $drive.ControllerNumber, $drive.ControllerLocation
         size = $disk.FileSize
         sizeType = $disk.FileSize.GetType().Name
         chain = $disk.ParentPath
         alias = (Get-VMCheckpoint -VMName WEB*).Name
         slip = [int][Microsoft.HyperV.PowerShell.VMOperationalStatus]::ApplyingSnapshot
       }`,
    );
    expect(result).toEqual({
      types: [
        'Microsoft.HyperV.PowerShell.VirtualMachine',
        'Microsoft.HyperV.PowerShell.VMSnapshot',
        'Microsoft.HyperV.PowerShell.HardDiskDrive',
        'Microsoft.Vhd.PowerShell.VirtualHardDisk',
      ],
      state: 'Microsoft.HyperV.PowerShell.VMState=2',
      kind: 'Local',
      created: '2026-02-20T16:30:00',
      parent: true,
      memory: 'Off',
      noCheckpointType: true,
      slot: 'SCSI:0:0',
      size: 9_663_676_416,
      sizeType: 'UInt64',
      chain: 'C:\\VMs\\web01\\web01.vhdx',
      alias: 'before update',
      slip: 23_769,
    });
  });

  it('binds no call that Windows would not bind, and fails where Windows fails', async () => {
    const { result } = await ask(
      'small-office',
      `$vms = @(Hyper-V\\Get-VM); $checkpoints = @($vms | Hyper-V\\Get-VMSnapshot)
       @(
         (Try-This { Hyper-V\\Get-VMHardDiskDrive -VMSnapshot $checkpoints }).id
         (Try-This { Hyper-V\\Get-VMSnapshot -VM $vms -Id $checkpoints[0].Id }).id
         (Try-This { Hyper-V\\Get-VMSnapshot }).id
         (Try-This { Hyper-V\\Get-VMSnapshot -VM $vms -Name nosuch -ErrorAction Stop }).id
         (Try-This { Hyper-V\\Get-VMSnapshot -VM $vms -SnapshotType Missing }).category
         (Try-This { Hyper-V\\Get-VM nosuch -ErrorAction Stop }).id
         @(Hyper-V\\Get-VM nosuch*).Count
         @(Hyper-V\\Get-VMSnapshot -VM $vms[0]).Count
       )`,
    );
    expect(result).toEqual([
      'CannotConvertArgument,Microsoft.HyperV.PowerShell.Commands.GetVMHardDiskDrive',
      'AmbiguousParameterSet,Microsoft.HyperV.PowerShell.Commands.GetVMSnapshot',
      'MissingMandatoryParameter,Microsoft.HyperV.PowerShell.Commands.GetVMSnapshot',
      'ObjectNotFound,Microsoft.HyperV.PowerShell.Commands.GetVMSnapshot',
      'ObjectNotFound',
      'InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVM',
      0,
      0,
    ]);
  });

  it('sorts the checkpoints of one call by time over all machines, and those of a pipeline machine by machine', async () => {
    const { result, counters } = await ask(
      'small-office',
      `$vms = @(Hyper-V\\Get-VM)
       [ordered]@{ call = @((Hyper-V\\Get-VMSnapshot -VM $vms).VMName); pipeline = @(($vms | Hyper-V\\Get-VMSnapshot).VMName) }`,
    );
    expect(result).toEqual({
      call: ['APP01', 'FS01', 'SQL01', 'SQL01', 'SQL01', 'ERP01', 'TEST01'],
      pipeline: ['FS01', 'SQL01', 'SQL01', 'SQL01', 'APP01', 'ERP01', 'TEST01'],
    });
    expect(counters).toEqual({ 'Get-VM': 1, 'Get-VMSnapshot': 2 });
  });

  it('finds files under every name that Windows has for them', async () => {
    const { result } = await ask(
      'cluster-node',
      `$volume = (Hyper-V\\Get-VM role02).HardDrives[0].Path
       $share = (Hyper-V\\Get-VM smb01).HardDrives[0].Path
       [ordered]@{
         volume = (Get-Item -LiteralPath $volume).Length
         share = (Get-Item -LiteralPath $share.ToUpperInvariant().Replace('\\\\SOFS01', '\\\\?\\UNC\\sofs01')).Length
         name = (Get-Item -LiteralPath 'c:\\clusterstorage/VOLUME1\\role01\\ROLE01.vhdx').FullName
         written = (Get-Item -LiteralPath 'C:\\ClusterStorage\\Volume1\\role01\\role01.vhdx').LastWriteTimeUtc.ToString('s')
         qualified = (Microsoft.PowerShell.Management\\Get-Item -LiteralPath $volume).Length
         children = @(Get-ChildItem -LiteralPath 'C:\\ClusterStorage\\Volume1\\role01' -Filter '*.avhd*').Count
         missing = Try-This { Get-Item -LiteralPath 'C:\\nowhere.vhdx' -ErrorAction Stop }
         real = (Get-Item -LiteralPath /).FullName
         csv = (Storage\\Get-Volume -FilePath 'C:\\ClusterStorage\\Volume1\\role01\\role01.vhdx').FileSystem
         smb = (Try-This { Storage\\Get-Volume -FilePath $share -ErrorAction Stop }).category
         node = @(FailoverClusters\\Get-ClusterNode | ForEach-Object { '{0} {1}' -f $_.Name, $_.State })
       }`,
    );
    expect(result).toEqual({
      volume: 2_147_483_648,
      share: 3_221_225_472,
      name: 'c:\\clusterstorage/VOLUME1\\role01\\ROLE01.vhdx',
      written: '2026-02-15T09:00:00',
      qualified: 2_147_483_648,
      children: 1,
      missing: {
        id: 'PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand',
        category: 'ObjectNotFound',
        code: '80131501',
      },
      real: '/',
      csv: 'CSVFS',
      smb: 'ObjectNotFound',
      node: ['NODE1 Up', 'NODE2 Up', 'NODE3 Down', 'NODE4 Paused'],
    });
  });

  it('says which file cannot be read, and why, as Hyper-V does', async () => {
    const { result } = await ask(
      'broken-chain',
      `function Read-Current($name) { Try-This { Hyper-V\\Get-VHD -Path (Hyper-V\\Get-VM $name).HardDrives[0].Path -ErrorAction Stop } }
       [ordered]@{
         readable = (Read-Current orphaned01).ParentPath -like '*orphaned01_*.avhdx'
         parentGone = Read-Current nochain01
         mismatch = Read-Current mismatch01
         gone = Try-This { Hyper-V\\Get-VHD -Path 'C:\\VMs\\orphaned01\\orphaned01.vhdx' -ErrorAction Stop }
       }`,
    );
    const id = 'OperationFailed,Microsoft.Vhd.PowerShell.Cmdlets.GetVHD';
    expect(result).toEqual({
      readable: true,
      parentGone: { id, category: 'NotSpecified', code: 'C03A000D' },
      mismatch: { id, category: 'NotSpecified', code: 'C03A000E' },
      gone: {
        id: 'ObjectNotFound,Microsoft.Vhd.PowerShell.Cmdlets.GetVHD',
        category: 'ObjectNotFound',
        code: '80070002',
      },
    });
  });

  it('keeps the size of a file that is in use, on a German host too', async () => {
    const { result } = await ask(
      'german-host',
      `$p = (Hyper-V\\Get-VM Gesperrt).HardDrives[0].Path
       [ordered]@{
         vhd = Try-This { Hyper-V\\Get-VHD -Path $p -ErrorAction Stop }
         item = Try-This { Get-Item -LiteralPath $p -ErrorAction Stop }
         status = (Hyper-V\\Get-VM B*).Status
         base = $null -eq (Hyper-V\\Get-VHD -Path 'D:\\Hyper-V\\Gesperrt\\g.vhdx').ParentPath
         culture = (Get-Culture).Name
         now = (Get-Date).ToUniversalTime().ToString('s')
         offset = ((Get-Date).ToString('zzz'))
       }`,
    );
    expect(result).toEqual({
      vhd: {
        id: 'ObjectInUse,Microsoft.Vhd.PowerShell.Cmdlets.GetVHD',
        category: 'ResourceBusy',
        code: '80070020',
      },
      item: {
        id: 'GetItemUnauthorizedAccessError,Microsoft.PowerShell.Commands.GetItemCommand',
        category: 'PermissionDenied',
        code: '80070005',
      },
      status: 'Normaler Betrieb',
      base: true,
      culture: 'de-DE',
      now: '2026-03-02T09:00:00',
      offset: '+01:00',
    });
  });

  it.each([
    ['vm-disappears', { checkpoints: 2, disks: 3, errors: ['ObjectNotFound', 'ObjectNotFound'] }],
    ['vm-disappears-terminating', { checkpoints: 0, disks: 0, errors: ['ObjectNotFound', 'ObjectNotFound'] }],
    ['vm-disappears-silently', { checkpoints: 0, disks: 0, errors: [] }],
  ])('%s', async (name, expected) => {
    const { result } = await ask(
      name,
      `$vms = @(Hyper-V\\Get-VM); $errors = @(); $c = @(); $d = @()
       try { $c = @(Hyper-V\\Get-VMSnapshot -VM $vms -ErrorAction SilentlyContinue -ErrorVariable e) } catch { $e = @($_) }
       $errors += @($e | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
       try { $d = @(Hyper-V\\Get-VMHardDiskDrive -VM $vms -ErrorAction SilentlyContinue -ErrorVariable f) } catch { $f = @($_) }
       $errors += @($f | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
       [ordered]@{ checkpoints = $c.Count; disks = $d.Count; errors = @($errors | ForEach-Object { [string]$_.CategoryInfo.Category }) }`,
    );
    expect(result).toEqual(expected);
  });

  it('lets a getter throw where the property is silently null', async () => {
    const { result } = await ask(
      'property-throws',
      `Set-StrictMode -Version Latest
       $vm = Hyper-V\\Get-VM alpha
       [ordered]@{ property = $vm.Notes; getter = (Try-This { $vm.get_Notes() }).id; other = (Hyper-V\\Get-VM charlie).Notes }`,
    );
    expect(result).toEqual({ property: null, getter: 'VirtualizationException', other: '' });
  });

  it('has no property for automatic checkpoints on Windows Server 2016', async () => {
    const script = `$vm = Hyper-V\\Get-VM; $c = $vm | Hyper-V\\Get-VMSnapshot
      @($null -ne $vm.PSObject.Properties['AutomaticCheckpointsEnabled']; $null -ne $c.PSObject.Properties['IsAutomaticCheckpoint'])`;
    expect((await ask('no-automatic-property', script)).result).toEqual([false, false]);
    expect((await ask('one-vm', script)).result).toEqual([true, true]);
  });

  it.each([
    ['nothing-visible', { service: 'Running', vms: 0, error: null, workers: 4, health: 4 }],
    ['truly-empty', { service: 'Running', vms: 0, error: null, workers: 0, health: 0 }],
    ['access-denied', { service: 'Running', vms: 0, error: 'PermissionDenied', workers: 4, health: 4 }],
    ['vmms-stopped', { service: 'Stopped', vms: 0, error: 'ObjectNotFound', workers: 4, health: null }],
    ['role-missing', { service: null, vms: 0, error: 'ObjectNotFound', workers: 0, health: null }],
    ['module-missing', { service: 'Running', vms: 0, error: 'ObjectNotFound', workers: 0, health: 0 }],
  ])('tells why there is nothing to see: %s', async (name, expected) => {
    const { result } = await ask(
      name,
      `$error.Clear(); $vms = @(); $failure = $null
       try { $vms = @(Hyper-V\\Get-VM -ErrorAction Stop) } catch { $failure = [string]$_.CategoryInfo.Category }
       $service = Get-Service -Name vmms -ErrorAction SilentlyContinue
       $health = @(CimCmdlets\\Get-CimInstance -ClassName Win32_PerfRawData_VmmsVirtualMachineStats_HyperVVirtualMachineHealthSummary)
       [ordered]@{
         service = $(if ($service) { [string]$service.Status })
         vms = $vms.Count
         error = $failure
         workers = @(CimCmdlets\\Get-CimInstance -Query "SELECT * FROM Win32_Process WHERE Name = 'vmwp.exe'").Count
         health = $(if ($health.Count) { $health[0].HealthOk + $health[0].HealthCritical })
       }`,
    );
    expect(result).toEqual(expected);
  });

  it('says of guests what they say of themselves, while they run', async () => {
    const { result } = await ask(
      'domain-controller',
      `$all = @{}
       foreach ($each in @(CimCmdlets\\Get-CimInstance -Namespace 'root\\virtualization\\v2' -ClassName Msvm_KvpExchangeComponent)) {
         $all[$each.SystemName] = @($each.GuestIntrinsicExchangeItems)
       }
       $items = @{}
       foreach ($vm in @(Hyper-V\\Get-VM)) { $items[$vm.Name] = $all[$vm.Id.ToString().ToUpperInvariant()] }
       $some = @(CimCmdlets\\Get-CimInstance -Namespace 'root\\virtualization\\v2' -ClassName Msvm_KvpExchangeComponent -Property SystemName)[0]
       [ordered]@{
         controller = @($items['DC01'] | Where-Object { $_ -match 'ProductType|FullyQualified|NetworkAddressIPv4' })
         off = $items['DC02'].Count
         linux = @($items['LINUX01'] | Where-Object { $_ -match 'ProductType' }).Count
         hostile = $items['HOSTILE01'].Count
         some = @(($null -ne $some.SystemName); ($null -ne $some.GuestIntrinsicExchangeItems))
       }`,
    );
    const item = (name: string, data: string): string =>
      '<INSTANCE CLASSNAME="Msvm_KvpExchangeDataItem"><PROPERTY NAME="Caption" PROPAGATED="true" TYPE="string"></PROPERTY>' +
      `<PROPERTY NAME="Data" TYPE="string"><VALUE>${data}</VALUE></PROPERTY>` +
      '<PROPERTY NAME="Description" PROPAGATED="true" TYPE="string"></PROPERTY><PROPERTY NAME="ElementName" PROPAGATED="true" TYPE="string"></PROPERTY>' +
      `<PROPERTY NAME="Name" TYPE="string"><VALUE>${name}</VALUE></PROPERTY><PROPERTY NAME="Source" TYPE="uint16"><VALUE>2</VALUE></PROPERTY></INSTANCE>`;
    expect(result).toEqual({
      controller: [
        item('FullyQualifiedDomainName', 'dc01.corp.example'),
        item('NetworkAddressIPv4', '10.77.0.1'),
        item('ProductType', '2'),
      ],
      off: 0,
      linux: 0,
      hostile: 14,
      some: [true, false],
    });
  });

  it('hands hostile names and notes over as they are', async () => {
    await using standIn = await disposable('hostile-names');
    const { result } = await ask(
      'hostile-names',
      `@(Hyper-V\\Get-VM | ForEach-Object { , @($_.Name, $_.Notes) })`,
    );
    expect(result).toEqual(standIn.scenario.vms.map(({ name, notes }) => [name, notes]));
  });

  it('knows its host from the path of modules alone', async () => {
    const { result, counters } = await ask(
      'small-office',
      `[ordered]@{ vms = @(Hyper-V\\Get-VM).Count; host = $env:COMPUTERNAME }`,
      ({ modulePath }) => ({ PATH: process.env.PATH, HOME: process.env.HOME, PSModulePath: modulePath }),
    );
    expect(result).toEqual({ vms: 8, host: 'HV01' });
    expect(counters).toEqual({ 'Get-VM': 1 });
  });

  it('writes down what each call was about', async () => {
    const { calls } = await ask(
      'one-vm',
      `$null = Hyper-V\\Get-VHD -Path 'C:\\VMs\\web01\\web01.vhdx'; $null = Get-Service vmms; 1`,
    );
    expect(calls).toEqual([
      { cmdlet: 'Get-VHD', targets: ['C:\\VMs\\web01\\web01.vhdx'] },
      { cmdlet: 'Get-Service', targets: ['vmms'] },
    ]);
  });

  it('never returns when told so', async () => {
    await using standIn = await disposable('get-vm-hangs');
    const child = spawn(
      pwsh ?? '',
      ['-NoProfile', '-NonInteractive', '-Command', 'Import-Module Hyper-V; Hyper-V\\Get-VM'],
      {
        env: fullEnvironment(standIn),
        stdio: 'ignore',
      },
    );
    await expect.poll(standIn.readCounters, { timeout: 15_000 }).toEqual({ 'Get-VM': 1 });
    await setTimeout(300);
    expect(child.exitCode).toBe(null);
    child.kill('SIGKILL');
    await once(child, 'close');
  });

  it('keeps apart the two hours of one name in autumn', async () => {
    const { result } = await ask(
      'clock-ahead',
      `@(Hyper-V\\Get-VM | Hyper-V\\Get-VMSnapshot | ForEach-Object { $_.CreationTime.ToString('HH:mm') + ' ' + $_.CreationTime.ToUniversalTime().ToString('s') })`,
    );
    expect(result).toEqual([
      '02:30 2025-10-26T00:30:00',
      '02:30 2025-10-26T01:30:00',
      '10:00 2026-03-03T09:00:00',
    ]);
  });

  it('takes as long as told', async () => {
    const { result } = await ask(
      { title: 'slow', delays: { 'Get-VM': 300 } },
      `$w = [Diagnostics.Stopwatch]::StartNew(); $null = Hyper-V\\Get-VM; $w.ElapsedMilliseconds -ge 300`,
    );
    expect(result).toBe(true);
  });

  it('answers for a thousand machines in a moment', async () => {
    const { result } = await ask(
      generateScenario({ vms: 1000, suspectRatio: 0.05, seed: 1 }),
      `$vms = @(Hyper-V\\Get-VM); $w = [Diagnostics.Stopwatch]::StartNew()
       [ordered]@{ vms = $vms.Count; some = @($vms | Hyper-V\\Get-VMSnapshot).Count -gt 50; disks = @(Hyper-V\\Get-VMHardDiskDrive -VM $vms).Count; quick = $w.ElapsedMilliseconds -lt 5000 }`,
    );
    expect(result).toEqual({ vms: 1000, some: true, disks: 1000, quick: true });
  });
});
