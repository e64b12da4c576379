import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { read, useApi } from '../api.ts';
import { Empty, Loaded } from '../parts/loaded.tsx';
import { Scrolls } from '../parts/scrolls.tsx';
import { bytes, count, money } from '../words.ts';

/** What the use of a team can be divided by. */
const dimensions = [
  { by: 'person', title: 'Person' },
  { by: 'customer', title: 'Customer' },
  { by: 'key', title: 'Key' },
  { by: 'model', title: 'Model' },
] as const;

type Dimension = (typeof dimensions)[number]['by'];

/** So many are listed. */
const mostListed = 50;

/** Who used what of a team this month. It searches the log, which AWS bills, so it waits until it is asked for. */
export function UsageBreakdown({ team }: { readonly team: string }) {
  const [by, setBy] = useState<Dimension | undefined>();
  return (
    <section className="card" aria-labelledby="used-by">
      <div className="card-head">
        <h2 id="used-by">Use this month by</h2>
        <div className="choices">
          {dimensions.map((each) => (
            <button
              key={each.by}
              type="button"
              className="outline small"
              aria-pressed={by === each.by}
              onClick={() => setBy(each.by)}
            >
              {each.title}
            </button>
          ))}
        </div>
      </div>
      {by === undefined ? (
        <p className="quiet">
          People who signed in, customers that requests name, keys, models: each searches the log once.
        </p>
      ) : (
        <Rows team={team} by={by} />
      )}
    </section>
  );
}

function Rows({ team, by }: { readonly team: string; readonly by: Dimension }) {
  const api = useApi();
  const use = useQuery({
    queryKey: ['use', team, by],
    queryFn: () => read(api.teams[':team'].use.$get({ param: { team }, query: { by } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const title = dimensions.find((each) => each.by === by)?.title;
  return (
    <Loaded query={use} lines={4}>
      {({ rows, searchedBytes }) =>
        rows.length === 0 ? (
          <Empty title="No calls this month yet" />
        ) : (
          <>
            <Scrolls label={`Use by ${by}`}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{title}</th>
                    <th scope="col" className="number">
                      Spend
                    </th>
                    <th scope="col" className="number">
                      Requests
                    </th>
                    <th scope="col" className="number">
                      Tokens
                    </th>
                    <th scope="col" className="number">
                      Errors
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows
                    .toSorted((one, other) => other.usd - one.usd)
                    .slice(0, mostListed)
                    .map(({ of, keyId, usd, requests, tokens, errors }) => (
                      <tr key={`${of[by] ?? ''} ${keyId ?? ''}`}>
                        <th scope="row">{of[by] ?? 'none'}</th>
                        <td className="number">{money(usd)}</td>
                        <td className="number">{count(requests)}</td>
                        <td className="number">{count(tokens)}</td>
                        <td className="number">{count(errors)}</td>
                      </tr>
                    ))}
                </tbody>
              </table>
            </Scrolls>
            <p className="quiet">
              {rows.length > mostListed && `The ${mostListed} that spent most, of ${count(rows.length)}. `}
              {bytes(searchedBytes)} of the log were searched.
            </p>
          </>
        )
      }
    </Loaded>
  );
}
