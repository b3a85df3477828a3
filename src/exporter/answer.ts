/** What a route answers; the server adds what all answers have in common. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly Buffer[];
}

/** What a route may know of a request. */
export interface Asked {
  readonly query: URLSearchParams;
  readonly acceptEncoding: string;
}

export function textAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
    body: [Buffer.from(text)],
  };
}

/** JSON, indented: people read it too. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: [Buffer.from(`${JSON.stringify(value, null, 1)}\n`)],
  };
}
