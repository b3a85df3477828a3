import type { Server } from 'node:http';
import type { WebConfig } from '../config/config.ts';

export type Listening =
  | { readonly ok: true; readonly url: string }
  /** A sentence that names the address and what to change. */
  | { readonly ok: false; readonly message: string };

/**
 * Starts to listen. Port 0 picks a free one. Never rejects.
 * @param onFault told of troubles of the listening socket later on
 */
export function listen(
  server: Server,
  { host, port }: WebConfig,
  onFault: (error: Error) => void,
): Promise<Listening> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      resolve({ ok: false, message: listenProblem(error, host, port) });
    };
    server.once('error', onError);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', onError);
      server.on('error', onFault);
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      resolve({ ok: true, url: `http://${urlHost(host)}:${actual}` });
    });
  });
}

/** Ends listening: idle connections at once, answers under way within the time given. */
export async function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const forced = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(forced);
}

function listenProblem({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  const where = `${urlHost(host)}:${port}`;
  switch (code) {
    case 'EADDRINUSE':
      return `cannot listen on ${where}: the port is in use, perhaps by another agent. Stop that program, or give another port in web.listen.`;
    case 'EACCES':
      return `cannot listen on ${where}: not allowed. Give another port in web.listen; on Windows, "netsh int ipv4 show excludedportrange tcp" lists reserved ones, elsewhere ports below 1024 need rights.`;
    case 'EADDRNOTAVAIL':
      return `cannot listen on ${where}: this machine has no such address. Set web.listen to one of its own, or to 127.0.0.1.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `cannot listen on ${where}: the name is unknown. Set web.listen to an address of this machine, or to 127.0.0.1.`;
    default:
      return `cannot listen on ${where}: ${message}. Check web.listen.`;
  }
}

/** IPv6 addresses stand in brackets. */
function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
