import * as z from 'zod/mini';

/** An answer of the database, as it goes over the wire. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Calls the database behind the server. */
export type Call = (operation: string, input: object) => Promise<Answer>;

const Attributes = z.record(z.string(), z.unknown());
const Write = z.looseObject({
  TableName: z.string(),
  Key: z.optional(Attributes),
  Item: z.optional(Attributes),
});

/** The writes that the commands use. */
const TransactWriteItems = z.object({
  ClientRequestToken: z.optional(z.string()),
  TransactItems: z.array(
    z.union([
      z.strictObject({ Put: Write }),
      z.strictObject({ Update: Write }),
      z.strictObject({ Delete: Write }),
      z.strictObject({ ConditionCheck: Write }),
    ]),
  ),
});

const Found = z.object({ Item: z.optional(Attributes) });
const Failed = z.object({ __type: z.string(), message: z.optional(z.string()) });

/** Transactions for a database without them. Each runs alone, so that no request sees half of it. */
export class Transactions {
  /** The newest transaction, which may be over. */
  #last: Promise<void> = Promise.resolve();
  readonly #running = new Set<Promise<unknown>>();
  /** Tokens of those that were done: a repetition is not done again. */
  readonly #done = new Set<string>();

  /** Waits for transactions; later ones wait for `ended`. */
  async pass(ended: Promise<unknown>): Promise<void> {
    let seen: Promise<void> | undefined;
    while (seen !== this.#last) {
      seen = this.#last;
      await seen;
    }
    this.#running.add(ended);
    ended.finally(() => this.#running.delete(ended));
  }

  /**
   * Answers TransactWriteItems: writes all items, or none.
   *
   * @param text The request.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
   */
  async write(text: string, call: Call): Promise<Answer> {
    const { data, error } = z.safeParse(TransactWriteItems, JSON.parse(text));
    if (error) return exception('ValidationException', { message: z.prettifyError(error) });
    const { ClientRequestToken: token = '', TransactItems: items } = data;
    const before = this.#last;
    const own = Promise.withResolvers<void>();
    this.#last = own.promise;
    await before;
    await Promise.all(this.#running);
    try {
      if (this.#done.has(token)) return { status: 200, body: '{}' };
      const answer = await writeAll(items, call);
      if (token !== '' && answer.status === 200) this.#done.add(token);
      return answer;
    } finally {
      own.resolve();
    }
  }
}

type Step = z.infer<typeof TransactWriteItems>['TransactItems'][number];

/** The request that does one step alone. A check is an update that changes nothing; it may make an empty item. */
function requestOf(step: Step): readonly [operation: string, write: z.infer<typeof Write>] {
  if ('Put' in step) return ['PutItem', step.Put];
  if ('Update' in step) return ['UpdateItem', step.Update];
  return 'Delete' in step ? ['DeleteItem', step.Delete] : ['UpdateItem', step.ConditionCheck];
}

/** If a condition fails, the items before it get their earlier content again. */
async function writeAll(
  items: z.infer<typeof TransactWriteItems>['TransactItems'],
  call: Call,
): Promise<Answer> {
  const undo: (() => Promise<Answer>)[] = [];
  for (const [index, item] of items.entries()) {
    const [operation, write] = requestOf(item);
    const { TableName } = write;
    const Key = write.Key ?? { pk: write.Item?.['pk'], sk: write.Item?.['sk'] };
    const found = await call('GetItem', { TableName, Key, ConsistentRead: true });
    const { Item: before } = z.parse(Found, JSON.parse(found.body));
    const done = await call(operation, write);
    if (done.status === 200) {
      const back = () =>
        before ? call('PutItem', { TableName, Item: before }) : call('DeleteItem', { TableName, Key });
      if ('ConditionCheck' in item) await back();
      else undo.unshift(back);
      continue;
    }
    for (const step of undo) await step();
    const { __type: type, message } = z.parse(Failed, JSON.parse(done.body));
    if (!type.endsWith('#ConditionalCheckFailedException')) return done;
    const reasons = items.map((_, other) =>
      other === index ? { Code: 'ConditionalCheckFailed', Message: message } : { Code: 'None' },
    );
    const codes = reasons.map(({ Code }) => Code).join(', ');
    return exception('TransactionCanceledException', {
      Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
      CancellationReasons: reasons,
    });
  }
  return { status: 200, body: '{}' };
}

function exception(name: string, fields: object): Answer {
  return {
    status: 400,
    body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, ...fields }),
  };
}
