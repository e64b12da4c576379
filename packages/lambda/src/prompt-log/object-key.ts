/** What the names of all objects begin with. */
export const promptPrefix = 'calls/';

/**
 * Name of a call's object: `calls/team=acme/day=2026-11-30/REQUEST_ID.json`, so that a team's prompts can be deleted together,
 * and Athena finds team and day in the name.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/partitions.html
 */
export function keyOfPrompt(call: {
  readonly team: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly requestId: string;
}): string {
  const day = new Date(call.at).toISOString().slice(0, 10);
  return `${promptPrefix}team=${call.team}/day=${day}/${call.requestId}.json`;
}
