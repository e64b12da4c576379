import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SignInItem, signInItemKey } from './sign-in-item.ts';

/** The API key of a team's signed-in callers; `undefined` for a team that has none. Fails where the table cannot be read. */
export type TeamKeys = (team: string) => Promise<string | undefined>;

/** How long what the table says is believed: a team that is taken away, or made, is noticed that much later at most. */
const believedForMs = 60_000;

/** More teams than one function instance sees in a minute; beyond that the oldest are forgotten. */
const mostRemembered = 10_000;

export interface TeamKeysOptions {
  readonly client: DynamoDBClient;
  /** Name of the table. */
  readonly table: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function createTeamKeys({ client, table, now }: TeamKeysOptions): TeamKeys {
  const remembered = new Map<string, { readonly key: string | undefined; readonly until: number }>();
  return async (team) => {
    const known = remembered.get(team);
    if (known && known.until > now()) return known.key;
    const until = now() + believedForMs;
    // A stale read would be believed for another minute.
    const command = new GetItemCommand({ TableName: table, Key: signInItemKey(team), ConsistentRead: true });
    const { Item: item } = await client.send(command);
    const key = item && SignInItem.parse(item).value.S;
    remembered.delete(team);
    const [oldest] = remembered.keys();
    if (remembered.size >= mostRemembered && oldest !== undefined) remembered.delete(oldest);
    remembered.set(team, { key, until });
    return key;
  };
}
