import { Empty, Loaded } from '../parts/loaded.tsx';
import { useCost } from '../queries.ts';
import { linkTo } from '../route.ts';
import { counted, money } from '../words.ts';

interface BoundProps {
  readonly month: string;
  readonly enabled: boolean;
}

/** The most that the models can cost a month. */
export function Bound({ month, enabled }: BoundProps) {
  const cost = useCost(enabled);
  return (
    <section className="card" aria-labelledby="bound">
      <h2 id="bound">The most that {month} can cost</h2>
      <Loaded query={cost} lines={4}>
        {({ usd, exact, teams, unbounded, dearest }) =>
          teams === 0 ? (
            <Empty title="There is no team yet" />
          ) : (
            <>
              <p className="value">{usd === null ? 'Not bounded' : money(usd)}</p>
              <p className="quiet">
                {usd === null
                  ? `${counted(unbounded, 'team')} can cost any amount, because a model's price or size is not known and no limit in dollars bounds it. Set one.`
                  : exact
                    ? 'The limits hold it exactly.'
                    : 'In part by quotas and throttles of API Gateway, which are best effort.'}
              </p>
              <table className="plain">
                <thead>
                  <tr>
                    <th scope="col">Team</th>
                    <th scope="col" className="number">
                      At most a month
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {dearest.map(({ team, usd }) => (
                    <tr key={team}>
                      <th scope="row">
                        <a href={linkTo('teams', team)}>{team}</a>
                      </th>
                      <td className="number">{usd === null ? 'not bounded' : money(usd)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <p className="quiet">What AWS charges for the proxy itself is not in it.</p>
            </>
          )
        }
      </Loaded>
    </section>
  );
}
