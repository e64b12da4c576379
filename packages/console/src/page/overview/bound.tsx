import type { CostStatement } from '@org/admin';
import { Empty, Loaded } from '../parts/loaded.tsx';
import { useCost } from '../queries.ts';
import { linkTo } from '../route.ts';
import { counted, money } from '../words.ts';

/** So many teams are named. */
const mostNamed = 5;

/** The most that the models can cost a month. */
export function Bound({ month }: { readonly month: string }) {
  const cost = useCost();
  return (
    <section className="card" aria-labelledby="bound">
      <h2 id="bound">The most that {month} can cost</h2>
      <Loaded query={cost} lines={4}>
        {(statement) => <Statement {...statement} />}
      </Loaded>
    </section>
  );
}

function Statement({ usd, exact, teams }: CostStatement) {
  if (teams.length === 0) return <Empty title="There is no team yet" />;
  const unbounded = teams.filter((team) => team.usd === null);
  const dearest = teams
    .flatMap((team) => (team.usd === null ? [] : [{ team: team.team, usd: team.usd }]))
    .toSorted((one, other) => other.usd - one.usd)
    .slice(0, mostNamed);
  return (
    <>
      <p className="value">{usd === null ? 'Not bounded' : money(usd)}</p>
      <p className="quiet">
        {usd !== null &&
          (exact
            ? 'The limits hold it exactly.'
            : 'In part by quotas and throttles of API Gateway, which are best effort.')}
        {usd === null &&
          `${counted(unbounded.length, 'team')} can cost any amount, because a model's price or size is not known and no limit in dollars bounds it. Set one.`}
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
          {unbounded.slice(0, mostNamed).map(({ team }) => (
            <tr key={team}>
              <th scope="row">
                <a href={linkTo('teams', team)}>{team}</a>
              </th>
              <td className="number">not bounded</td>
            </tr>
          ))}
          {dearest.map(({ team, usd }) => (
            <tr key={team}>
              <th scope="row">
                <a href={linkTo('teams', team)}>{team}</a>
              </th>
              <td className="number">{money(usd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">What AWS charges for the proxy itself is not in it.</p>
    </>
  );
}
