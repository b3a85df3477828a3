import type { ScriptName } from '../../src/collector/scripts.ts';
import { checkPowerShell } from '../powershell-check.ts';

type Commands = Readonly<Record<string, readonly string[]>>;

/** What a script may call besides the functions of its own, every command with the parameters it is used with. */
const SHARED_COMMANDS: Commands = {
  'ConvertFrom-Json': [],
  'ConvertTo-Json': ['-InputObject', '-Depth', '-Compress'],
  'ForEach-Object': [],
  'Get-Item': ['-LiteralPath', '-Force'],
  'Get-Module': ['-ListAvailable', '-Name'],
  'Get-Service': ['-Name'],
  'New-Object': [],
  'Set-StrictMode': ['-Version'],
  'Where-Object': [],
};

/**
 * What the scripts may do, written down: every command with its parameters, every type and method. All of it reads. Whoever
 * adds a line here says that it does, and that Windows PowerShell 5.1 knows it.
 */
const COMMANDS: Readonly<Record<ScriptName, Commands>> = {
  inventory: {
    ...SHARED_COMMANDS,
    'CimCmdlets\\Get-CimInstance': [
      '-ClassName',
      '-Namespace',
      '-Property',
      '-ErrorAction',
      '-ErrorVariable',
    ],
    'FailoverClusters\\Get-Cluster': [],
    'Get-Date': [],
    'Get-Process': ['-Name', '-ErrorAction'],
    'Hyper-V\\Get-VHD': ['-Path', '-ErrorAction'],
    'Hyper-V\\Get-VM': ['-ErrorAction', '-ErrorVariable'],
    'Hyper-V\\Get-VMHardDiskDrive': ['-VM', '-VMSnapshot', '-ErrorAction', '-ErrorVariable'],
    'Hyper-V\\Get-VMHost': [],
    'Hyper-V\\Get-VMSnapshot': ['-VM', '-ErrorAction', '-ErrorVariable'],
    'Import-Module': ['-Name'],
    'Storage\\Get-Volume': ['-FilePath', '-ErrorAction'],
  },
  doctor: {
    ...SHARED_COMMANDS,
    'Get-Acl': ['-LiteralPath'],
    'Get-ExecutionPolicy': ['-List'],
    'Get-LocalGroupMember': ['-SID', '-ErrorAction'],
    'Get-WinEvent': ['-FilterHashtable', '-MaxEvents'],
    'Test-Path': ['-LiteralPath'],
  },
};

const NEW_OBJECTS = [
  'Security.Cryptography.SHA256CryptoServiceProvider',
  'Security.Principal.NTAccount',
  'Security.Principal.SecurityIdentifier',
  'Security.Principal.WindowsPrincipal',
  'System.Collections.ArrayList',
  'System.IO.Compression.GZipStream',
  'System.IO.MemoryStream',
  'System.IO.StringReader',
  'System.Xml.XmlDocument',
  'System.Xml.XmlReaderSettings',
];

const TYPES = [
  '[BitConverter]',
  '[Console]',
  '[Convert]',
  '[DateTime]',
  '[Diagnostics.Stopwatch]',
  '[Environment]',
  '[Globalization.CultureInfo]',
  '[Guid]',
  '[IO.Compression.CompressionMode]',
  '[Management.Automation.ErrorRecord]',
  '[Management.Automation.IContainsErrorRecord]',
  '[Management.Automation.MethodInvocationException]',
  '[Management.Automation.PowerShell]',
  '[Management.Automation.Runspaces.RunspaceFactory]',
  '[Math]',
  '[Security.Cryptography.SHA256]',
  '[Security.Principal.SecurityIdentifier]',
  '[Security.Principal.WindowsIdentity]',
  '[StringComparison]',
  '[Text.Encoding]',
  '[TimeZoneInfo]',
  '[Type]',
  '[Xml.DtdProcessing]',
  '[Xml.XmlReader]',
  '[bool]',
  '[byte[]]',
  '[int]',
  '[long]',
  '[object[]]',
  '[ordered]',
  '[regex]',
  '[scriptblock]',
  '[string]',
  '[void]',
];

const METHODS = [
  // The getter of a property; see Read-Property.
  '"get_$name"',
  'Add',
  'AddArgument',
  'AddMilliseconds',
  'AddScript',
  'BeginInvoke',
  'Clear',
  'ComputeHash',
  'Contains',
  'ContainsKey',
  'Create',
  'CreateRunspace',
  'Dispose',
  'EndInvoke',
  'Flush',
  'FromBase64String',
  'GetBytes',
  'GetCurrent',
  'GetMethod',
  'GetString',
  'GetType',
  'GetUtcOffset',
  'IsInRole',
  // Of XmlDocument, from a reader over text in memory.
  'Load',
  'Match',
  'Max',
  'Min',
  'Open',
  'Replace',
  'SelectSingleNode',
  // Of a runspace of the script's own.
  'SetVariable',
  'Split',
  'StartNew',
  'StartsWith',
  'Substring',
  'ToArray',
  'ToBase64String',
  'ToLowerInvariant',
  'ToString',
  'ToUniversalTime',
  'ToUpperInvariant',
  'Translate',
  'Trim',
  'WaitOne',
  'Write',
];

/** Blocks handed from one function to another. */
const INVOKED_BLOCKS = ['. $stage', '. $all', '& $take'];

/** Objects of the script's own. Setting a property of a Hyper-V object would change the VM. */
const OWN_OBJECTS =
  /^\$(Aside|checkpoint|collector|document|entries|entry|facts|file|Files|Getters|record|settings|shell|Timings|Untouchable|volume|Volumes)$/;

/**
 * What is wrong with a script, each with its line; nothing when it only reads, in the syntax of Windows PowerShell 5.1.
 * @param name by whose commands it is measured
 */
export function checkScript(name: ScriptName, source: string): Promise<readonly string[]> {
  return checkPowerShell(source, {
    commands: COMMANDS[name],
    objects: NEW_OBJECTS,
    types: TYPES,
    methods: METHODS,
    invoked: INVOKED_BLOCKS,
    assignment: checkAssignment,
  });
}

function checkAssignment(text: string): string | null {
  const target = /^(\$\w+)[.[]/.exec(text)?.[1];
  const isForeign = target !== undefined && !OWN_OBJECTS.test(target);
  // The VM and its checkpoints hang on an entry.
  return isForeign || /\.(vm\.|snapshots\[[^\]]*\]\.)/.test(text) ? `sets ${text}` : null;
}
