import { Believed, readItem, SignInItem, signInKey, type TableLocation } from '@org/table';

/** The API key of a team's signed-in callers; `undefined` if it has none. Fails if the table cannot be read. */
export type TeamKeys = (team: string) => Promise<string | undefined>;

/** @param options.now Milliseconds since 1970. */
export function createTeamKeys({
  now,
  ...location
}: TableLocation & { readonly now: () => number }): TeamKeys {
  const keys = new Believed<string>(now);
  return (team) =>
    keys.get(team, async () => {
      const item = await readItem(location, signInKey(team));
      return item && SignInItem.parse(item).value;
    });
}
