/** One line that a function wrote, or (`platform`) what Lambda itself would write into the function's log. */
export interface LogLine {
  /** The function's name. */
  readonly function: string;
  readonly stream: 'stdout' | 'stderr' | 'platform';
  readonly line: string;
}

export type OnLog = (line: LogLine) => void;
