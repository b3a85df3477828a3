import { createServer } from 'node:net';
import type { PortFacts } from '../../core/doctor/facts.ts';
import { systemCode, systemErrorText } from '../../core/error-codes/system-error.ts';
import { localUrl } from '../agent-status.ts';
import type { DoctorWorld } from './world.ts';

/** Asks who answers at the address of the agent; where nobody does, tries to listen there for an instant. */
export async function portFacts(
  web: { readonly host: string; readonly port: number },
  { askAgent }: DoctorWorld,
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<PortFacts> {
  const { host, port } = web;
  const url = localUrl(web);
  if (url === null) return { host, port, answer: await tryToListen(host, port) };
  const answering = await askAgent(url, limits.timeoutMs, limits.signal);
  switch (answering.who) {
    case 'agent':
      return { host, port, answer: { who: 'agent', version: answering.status.version } };
    case 'other':
      return { host, port, answer: answering };
    case 'nobody':
      return { host, port, answer: await tryToListen(host, port) };
  }
}

function tryToListen(host: string, port: number): Promise<PortFacts['answer']> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', (error) => {
      const why = REASONS[systemCode(error) ?? ''] ?? systemErrorText(error);
      resolve({ who: 'unusable', why });
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => resolve({ who: 'nobody' }));
    });
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there and does not answer',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'not allowed; on Windows "netsh int ipv4 show excludedportrange tcp" lists reserved ports',
  ENOTFOUND: 'the name is unknown',
  EAI_AGAIN: 'the name could not be looked up',
};
