import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Answer, type Asked, textAnswer } from './answer.ts';

/** How long clients may take; a client that is slower is cut off. */
export interface ServerLimits {
  /** From the connection to the end of the headers. */
  readonly headersMs: number;
  /** To the end of the request. */
  readonly requestMs: number;
  /** Between two requests on one connection. */
  readonly idleMs: number;
  /** From the request to the last byte of the answer taken. */
  readonly responseMs: number;
}

export const SERVER_LIMITS: ServerLimits = {
  headersMs: 5000,
  requestMs: 10_000,
  idleMs: 30_000,
  responseMs: 30_000,
};

export type Handler = (asked: Asked) => Answer | Promise<Answer>;

/** How often connections are looked over for those that are too slow. */
const CHECKING_INTERVAL_MS = 1000;
const MAX_HEADER_BYTES = 16_384;

/**
 * An HTTP server for a fixed set of paths, GET and HEAD only. It never fails because of a client.
 * @param onFault told when a handler throws, which is a fault of the program
 */
export function createHttpServer(
  routes: ReadonlyMap<string, Handler>,
  onFault: (error: unknown) => void,
  limits: ServerLimits = SERVER_LIMITS,
): Server {
  return createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: CHECKING_INTERVAL_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => {
      const deadline = setTimeout(() => request.socket.destroy(), limits.responseMs);
      response.once('close', () => clearTimeout(deadline));
      answer(routes, request)
        .catch((error: unknown) => {
          onFault(error);
          return textAnswer(500, 'The agent has a fault; its log says more.\n');
        })
        .then((each) => send(request, response, each))
        .catch((error: unknown) => {
          onFault(error);
          request.socket.destroy();
        });
    },
  );
}

async function answer(routes: ReadonlyMap<string, Handler>, request: IncomingMessage): Promise<Answer> {
  const [path = '', query = ''] = splitOnce(request.url ?? '', '?');
  const handler = routes.get(path);
  if (handler === undefined) return textAnswer(404, 'There is nothing here. Try /\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return textAnswer(405, 'Only GET and HEAD are answered here.\n', { Allow: 'GET, HEAD' });
  }
  const encodings = request.headers['accept-encoding'] ?? '';
  return handler({ query: new URLSearchParams(query), acceptEncoding: String(encodings) });
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  const length = body.reduce((sum, part) => sum + part.length, 0);
  // A body that nobody reads would be taken for the next request.
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  response.writeHead(status, {
    ...COMMON_HEADERS,
    ...headers,
    'Content-Length': length,
    ...(hasBody ? { Connection: 'close' } : {}),
  });
  if (request.method !== 'HEAD') for (const part of body) response.write(part);
  response.end();
}

const COMMON_HEADERS = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
