import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';

/**
 * What the collector script may do, written down: every command with the parameters it is used with, every type and method.
 * All of it reads. Whoever adds a line here says that it does, and that Windows PowerShell 5.1 knows it.
 */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'CimCmdlets\\Get-CimInstance': ['-ClassName', '-Namespace', '-Property', '-ErrorAction', '-ErrorVariable'],
  'ConvertFrom-Json': [],
  'ConvertTo-Json': ['-InputObject', '-Depth', '-Compress'],
  'FailoverClusters\\Get-Cluster': [],
  'ForEach-Object': [],
  'Get-Date': [],
  'Get-Item': ['-LiteralPath', '-Force'],
  'Get-Module': ['-Name'],
  'Get-Process': ['-Name', '-ErrorAction'],
  'Get-Service': ['-Name'],
  'Hyper-V\\Get-VHD': ['-Path', '-ErrorAction'],
  'Hyper-V\\Get-VM': ['-ErrorAction', '-ErrorVariable'],
  'Hyper-V\\Get-VMHardDiskDrive': ['-VM', '-VMSnapshot', '-ErrorAction', '-ErrorVariable'],
  'Hyper-V\\Get-VMHost': [],
  'Hyper-V\\Get-VMSnapshot': ['-VM', '-ErrorAction', '-ErrorVariable'],
  'Import-Module': ['-Name'],
  'New-Object': [],
  'Set-StrictMode': ['-Version'],
  'Storage\\Get-Volume': ['-FilePath', '-ErrorAction'],
  'Where-Object': [],
};

const NEW_OBJECTS = [
  'Security.Cryptography.SHA256CryptoServiceProvider',
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
  '[Security.Principal.WindowsBuiltInRole]',
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
  'StartNew',
  'StartsWith',
  'Substring',
  'ToArray',
  'ToBase64String',
  'ToLowerInvariant',
  'ToString',
  'ToUniversalTime',
  'ToUpperInvariant',
  'WaitOne',
  'Write',
];

/** Blocks handed from one function to another. */
const INVOKED_BLOCKS = ['. $stage', '. $all', '& $take'];

/** Objects of the script's own. Setting a property of a Hyper-V object would change the VM. */
const OWN_OBJECTS =
  /^\$(Aside|checkpoint|collector|document|entries|entry|facts|file|Files|Getters|record|settings|shell|Timings|Untouchable|volume|Volumes)$/;

/** Only PowerShell 7 has them, and strict mode ends a script that reads an unknown variable. */
const NEWER_VARIABLES = /^\$(IsWindows|IsLinux|IsMacOS|IsCoreCLR|PSStyle)$/i;
/** Nodes of syntax that Windows PowerShell 5.1 lacks, or that has no place here. */
const FORBIDDEN_NODES = new Set([
  'pipeline_chain_tail',
  'class_statement',
  'enum_statement',
  'redirection',
  'trap_statement',
]);

let parser: Promise<Parser> | null = null;

/** What is wrong with a script, each with its line; nothing when it only reads, in the syntax of Windows PowerShell 5.1. */
export async function checkScript(source: string): Promise<readonly string[]> {
  parser ??= loadParser();
  const tree = (await parser).parse(source);
  if (tree === null) return ['the parser gave up'];
  const problems: string[] = [];
  const say = (node: Node, what: string): void => {
    problems.push(`line ${node.startPosition.row + 1}: ${what}`);
  };
  for (const [index, line] of source.split('\n').entries()) {
    if (/[^\x20-\x7e]/.test(line)) problems.push(`line ${index + 1}: not ASCII`);
  }
  const functions = new Set(nodesOf(tree.rootNode, 'function_name').map(({ text }) => text));
  for (const node of nodesOf(tree.rootNode, null)) checkNode(node, functions, say);
  return problems;
}

type Say = (node: Node, what: string) => void;

function checkNode(node: Node, functions: ReadonlySet<string>, say: Say): void {
  if (node.type === 'ERROR' || node.isMissing) say(node, `syntax: ${node.text.slice(0, 40)}`);
  else if (FORBIDDEN_NODES.has(node.type)) say(node, `${node.type}: ${node.text.slice(0, 40)}`);
  else if (node.type === 'command') checkCommand(node, functions, say);
  else if (node.type === 'type_literal' && !TYPES.includes(node.text)) say(node, `type ${node.text}`);
  else if (node.type === 'invokation_expression') checkMethod(node, say);
  else if (node.type === 'left_assignment_expression') checkAssignment(node, say);
  else if (node.type === 'variable' && NEWER_VARIABLES.test(node.text)) say(node, `variable ${node.text}`);
}

function checkCommand(node: Node, functions: ReadonlySet<string>, say: Say): void {
  const name = node.childForFieldName('command_name')?.text ?? '';
  const operator = node.children.find((child) => child?.type === 'command_invokation_operator');
  if (operator != null) {
    if (!INVOKED_BLOCKS.includes(`${operator.text} ${name}`)) say(node, `invokes ${operator.text} ${name}`);
    return;
  }
  if (functions.has(name)) return;
  const allowed = COMMANDS[name];
  if (allowed === undefined) {
    say(node, `command ${name}`);
    return;
  }
  const elements = node.childForFieldName('command_elements')?.children ?? [];
  for (const element of elements) {
    if (element?.type === 'command_parameter' && !allowed.includes(element.text.replace(/:$/, ''))) {
      say(node, `parameter ${name} ${element.text}`);
    }
  }
  const created = elements.find((element) => element?.type === 'generic_token')?.text ?? '';
  if (name === 'New-Object' && !NEW_OBJECTS.includes(created)) say(node, `object ${created}`);
}

function checkMethod(node: Node, say: Say): void {
  const name = node.children.find((child) => child?.type === 'member_name')?.text ?? '';
  if (!METHODS.includes(name)) say(node, `method ${name}`);
}

function checkAssignment(node: Node, say: Say): void {
  const target = /^(\$\w+)[.[]/.exec(node.text)?.[1];
  if (target !== undefined && !OWN_OBJECTS.test(target)) say(node, `sets ${node.text}`);
  // The VM and its checkpoints hang on an entry.
  if (/\.(vm\.|snapshots\[[^\]]*\]\.)/.test(node.text)) say(node, `sets ${node.text}`);
}

function nodesOf(node: Node, type: string | null): readonly Node[] {
  const found: Node[] = type === null || node.type === type ? [node] : [];
  for (const child of node.children) if (child !== null) found.push(...nodesOf(child, type));
  return found;
}

async function loadParser(): Promise<Parser> {
  await Parser.init();
  const wasm = import.meta.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
  const made = new Parser();
  made.setLanguage(await Language.load(fileURLToPath(wasm)));
  return made;
}
