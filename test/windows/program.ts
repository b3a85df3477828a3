import { linkSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleAgent, bundleServiceHost } from '../../tools/bundle.ts';
import { placeKoffi } from '../../tools/koffi.ts';

/** A program folder as an installer makes it, without the agent. */
export interface ProgramFolder {
  readonly node: string;
  readonly host: string;
}

/** A program folder with the agent in it. */
export interface AgentFolder extends ProgramFolder {
  readonly agent: string;
}

/** @param node as for the host */
export async function installAgent(folder: string, node: string): Promise<AgentFolder> {
  const program = await installHost(folder, node);
  await bundleAgent(folder, '');
  return { ...program, agent: join(folder, 'checkpoint-agent.mjs') };
}

/** @param node the node.exe to link into it; the folder is on the same disk */
export async function installHost(folder: string, node: string): Promise<ProgramFolder> {
  mkdirSync(folder, { recursive: true });
  await bundleServiceHost(folder);
  await placeKoffi(folder);
  linkSync(node, join(folder, 'node.exe'));
  return { node: join(folder, 'node.exe'), host: join(folder, 'service-host.mjs') };
}
