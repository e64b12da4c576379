/** How this program was called, so that what it says to do next can be pasted. */
export interface Invocation {
  /** What goes before a command: `npm run proxy --`. */
  readonly program: string;
  /** The same for pipes: what runs it says nothing of its own. */
  readonly silentProgram: string;
  /** A command on the same deployment: `npm run proxy -- keys list --local`. */
  command(text: string): string;
}

/** What to do: a text, or one that names commands as whoever reads it would call them. */
type Advice = string | ((invocation: Invocation) => string);

/** Something that whoever ran the command can put right. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** What to do. */
  readonly advice: Advice;

  constructor(message: string, advice: Advice) {
    super(message);
    this.advice = advice;
  }
}
