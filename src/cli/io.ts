/** Where a command writes. */
export interface CliStream {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal in characters; `null` when the stream is not a terminal. */
  readonly columns: number | null;
}

/** Everything a command may know about the process it runs in, so that tests can replace it. */
export interface CliIo {
  readonly stdout: CliStream;
  readonly stderr: CliStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As `process.platform`: `win32`, `linux`, … */
  readonly platform: string;
  readonly cwd: string;
}
