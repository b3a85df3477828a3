import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';

/** What a script may do, written down. */
export interface Allowed {
  /** Every command, with the parameters it is used with. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
  /** What `New-Object` makes. */
  readonly objects: readonly string[];
  readonly types: readonly string[];
  readonly methods: readonly string[];
  /** What is invoked by `&` or `.`, such as a block that one function hands to another. */
  readonly invoked: readonly string[];
  /** Streams that are led elsewhere, such as `*>&1`; none unless given. */
  readonly redirections?: readonly string[];
  /** What is wrong with something being set, such as `$vm.Notes`; `null` when nothing is. */
  readonly assignment: (target: string) => string | null;
}

/** Only PowerShell 7 has them, and strict mode ends a script that reads an unknown variable. */
const NEWER_VARIABLES = /^\$(IsWindows|IsLinux|IsMacOS|IsCoreCLR|PSStyle)$/i;
/** Nodes of syntax that Windows PowerShell 5.1 lacks, or that has no place here. */
const FORBIDDEN_NODES = new Set([
  'pipeline_chain_tail',
  'class_statement',
  'enum_statement',
  'trap_statement',
]);

let parser: Promise<Parser> | null = null;

export async function parsePowerShell(source: string): Promise<Node> {
  parser ??= loadParser();
  const tree = (await parser).parse(source);
  if (tree === null) throw new Error('the parser gave up');
  return tree.rootNode;
}

/**
 * What is wrong with a script, each with its line: nothing when it is ASCII, in the syntax of Windows PowerShell 5.1, and
 * does only what is allowed.
 * @param elsewhere functions that other files define
 */
export async function checkPowerShell(
  source: string,
  allowed: Allowed,
  elsewhere: readonly string[] = [],
): Promise<readonly string[]> {
  const root = await parsePowerShell(source);
  const problems: string[] = [];
  const say = (node: Node, what: string): void => {
    problems.push(`line ${node.startPosition.row + 1}: ${what}`);
  };
  for (const [index, line] of source.split('\n').entries()) {
    if (/[^\x20-\x7e]/.test(line)) problems.push(`line ${index + 1}: not ASCII`);
  }
  const functions = new Set([...functionNames(root), ...elsewhere]);
  for (const node of nodesOf(root, null)) checkNode(node, { allowed, functions, say });
  return problems;
}

export function functionNames(root: Node): readonly string[] {
  return nodesOf(root, 'function_name').map(({ text }) => text);
}

/** The name of a command as it is called; null when a block or a file is invoked. */
export function commandName(command: Node): string | null {
  if (invocationOf(command) !== null) return null;
  return command.childForFieldName('command_name')?.text ?? '';
}

export function nodesOf(node: Node, type: string | null): readonly Node[] {
  const found: Node[] = type === null || node.type === type ? [node] : [];
  for (const child of node.children) if (child !== null) found.push(...nodesOf(child, type));
  return found;
}

interface Check {
  readonly allowed: Allowed;
  readonly functions: ReadonlySet<string>;
  readonly say: (node: Node, what: string) => void;
}

function checkNode(node: Node, check: Check): void {
  const { allowed, say } = check;
  if (node.type === 'ERROR' || node.isMissing) say(node, `syntax: ${node.text.slice(0, 40)}`);
  else if (FORBIDDEN_NODES.has(node.type)) say(node, `${node.type}: ${node.text.slice(0, 40)}`);
  else if (node.type === 'redirection' && !allowed.redirections?.includes(node.text.trim()))
    say(node, `redirection: ${node.text.slice(0, 40)}`);
  else if (node.type === 'command') checkCommand(node, check);
  else if (node.type === 'type_literal' && !allowed.types.includes(node.text)) say(node, `type ${node.text}`);
  else if (node.type === 'invokation_expression') checkMethod(node, check);
  else if (node.type === 'left_assignment_expression') {
    const problem = allowed.assignment(node.text);
    if (problem !== null) say(node, problem);
  } else if (node.type === 'variable' && NEWER_VARIABLES.test(node.text)) say(node, `variable ${node.text}`);
}

function invocationOf(command: Node): string | null {
  const operator = command.children.find((child) => child?.type === 'command_invokation_operator');
  const name = command.childForFieldName('command_name')?.text ?? '';
  return operator == null ? null : `${operator.text} ${name}`;
}

function checkCommand(node: Node, { allowed, functions, say }: Check): void {
  const invocation = invocationOf(node);
  if (invocation !== null) {
    if (!allowed.invoked.includes(invocation)) say(node, `invokes ${invocation}`);
    return;
  }
  const name = commandName(node) ?? '';
  if (functions.has(name)) return;
  const parameters = Object.hasOwn(allowed.commands, name) ? allowed.commands[name] : undefined;
  if (parameters === undefined) {
    say(node, `command ${name}`);
    return;
  }
  const elements = node.childForFieldName('command_elements')?.children ?? [];
  for (const element of elements) {
    if (element?.type === 'command_parameter' && !parameters.includes(element.text.replace(/:$/, ''))) {
      say(node, `parameter ${name} ${element.text}`);
    }
  }
  const created = elements.find((element) => element?.type === 'generic_token')?.text ?? '';
  if (name === 'New-Object' && !allowed.objects.includes(created)) say(node, `object ${created}`);
}

function checkMethod(node: Node, { allowed, say }: Check): void {
  const name = node.children.find((child) => child?.type === 'member_name')?.text ?? '';
  if (!allowed.methods.includes(name)) say(node, `method ${name}`);
}

async function loadParser(): Promise<Parser> {
  await Parser.init();
  const wasm = import.meta.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
  const made = new Parser();
  made.setLanguage(await Language.load(fileURLToPath(wasm)));
  return made;
}
