import type { RequestLookup } from '@org/admin';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { read, useApi } from '../api.ts';
import { Field } from '../parts/field.tsx';
import { Empty, Loaded } from '../parts/loaded.tsx';
import type { Deployment } from '../queries.ts';
import { go, linkTo } from '../route.ts';
import { amount, bytes, count, counted, duration, limitName, moment, money } from '../words.ts';

const spans = [1, 3, 7, 30, 90] as const;

interface RequestsProps {
  readonly deployment: Deployment;
  /** The one to look up. */
  readonly id: string | undefined;
}

/** Looks a request up by its id: what happened, which limit, what was held and charged. */
export function Requests({ deployment, id }: RequestsProps) {
  const [typed, setTyped] = useState(id ?? '');
  const [days, setDays] = useState<number>(1);
  const kept = spans.filter((span) => span <= deployment.logRetentionDays);
  return (
    <>
      <div className="view-head">
        <h1>Requests</h1>
      </div>
      <form
        className="lookup"
        onSubmit={(event) => {
          event.preventDefault();
          go('requests', typed.trim());
        }}
      >
        <Field label="Request id">
          {(names) => (
            <input
              {...names}
              required
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </Field>
        <Field label="Search the last">
          {(names) => (
            <select {...names} value={days} onChange={({ target }) => setDays(Number(target.value))}>
              {kept.map((span) => (
                <option key={span} value={span}>
                  {span === 1 ? 'day' : `${count(span)} days`}
                </option>
              ))}
            </select>
          )}
        </Field>
        <button type="submit">Look it up</button>
      </form>
      <div aria-live="polite">
        {id === undefined ? (
          <section className="card">
            <Empty title="Which request?">
              <p>
                Each answer has its id in the header <code>x-request-id</code>, and each error in its body.
                Callers find it in their client’s error.
              </p>
            </Empty>
          </section>
        ) : (
          <Found id={id} days={days} timeZone={deployment.timeZone} />
        )}
      </div>
    </>
  );
}

function Found({
  id,
  days,
  timeZone,
}: {
  readonly id: string;
  readonly days: number;
  readonly timeZone: string;
}) {
  const api = useApi();
  const lookup = useQuery({
    queryKey: ['request', id, days],
    queryFn: () => read(api.requests.$get({ query: { id, days: String(days) } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Loaded query={lookup} lines={6}>
      {({ sentences, ...found }) => (
        <section className="card" aria-labelledby="found">
          <h2 id="found">
            Request <code>{found.id}</code>
          </h2>
          <div className="story">
            {sentences.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </div>
          <Facts found={found} timeZone={timeZone} />
          <p className="quiet">
            Searched from {moment(found.from, timeZone)} to {moment(found.to, timeZone)}:{' '}
            {bytes(found.searchedBytes)} of the logs.
          </p>
        </section>
      )}
    </Loaded>
  );
}

type Fact = readonly [name: string, value: string | undefined];

function Facts({
  found: { request, access },
  timeZone,
}: {
  readonly found: RequestLookup;
  readonly timeZone: string;
}) {
  if (!request && !access) return null;
  const { refusedBy, held, charged, usage } = request ?? {};
  const sums = (amounts: typeof held) =>
    amounts &&
    `${money(amounts.usd)}, ${counted(amounts.tokens, 'token')}, ${counted(amounts.requests, 'request')}`;
  const facts: readonly Fact[] = [
    ['Ended', request && moment(request.timestamp, timeZone)],
    ['Status', request ? text(request.status) : access?.status],
    ['Code', request?.code],
    ['Key', request?.keyName ?? request?.keyId],
    ['Plan', request?.plan],
    ['Person', request?.person],
    ['Customer', request?.customer],
    ['Route', request?.operation],
    ['API', request?.door],
    ['Client', request?.client],
    ['Model', request?.model],
    ['Answered by', request?.modelId],
    ['Limit', refusedBy && limitName(refusedBy.limit, refusedBy.period)],
    [
      'Used of it',
      refusedBy?.used === undefined
        ? undefined
        : `${amount(refusedBy.limit, refusedBy.used)} of ${amount(refusedBy.limit, refusedBy.max)}`,
    ],
    [
      'Allowed by then',
      refusedBy?.allowedNow === undefined ? undefined : amount(refusedBy.limit, refusedBy.allowedNow),
    ],
    ['It needed', refusedBy?.needed === undefined ? undefined : amount(refusedBy.limit, refusedBy.needed)],
    ['Starts again', refusedBy?.resetsAt === undefined ? undefined : moment(refusedBy.resetsAt, timeZone)],
    ['Held', sums(held)],
    ['Charged', sums(charged)],
    ['Tokens', usage && `${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out`],
    ['Took', request?.totalMs === undefined ? undefined : duration(request.totalMs)],
    ['First text after', request?.firstDeltaMs === undefined ? undefined : duration(request.firstDeltaMs)],
  ];
  return (
    <dl className="facts">
      {request?.team !== undefined && (
        <div>
          <dt>Team</dt>
          <dd>
            <a href={linkTo('teams', request.team)}>{request.team}</a>
          </dd>
        </div>
      )}
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function text(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
