import type { Usage } from '@org/admin';
import { useId } from 'react';
import { Meter, StateOf } from '../parts/limit-bar.tsx';
import { fullestOf, nearShare, shareOf } from '../parts/limit-share.ts';
import { Empty, Loaded } from '../parts/loaded.tsx';
import { useNear } from '../queries.ts';
import { linkTo } from '../route.ts';
import { amount, counted, end, limitName, percent } from '../words.ts';

interface NearProps {
  readonly timeZone: string;
  readonly enabled: boolean;
}

/** Who is near a limit. */
export function Near({ timeZone, enabled }: NearProps) {
  const near = useNear(enabled);
  return (
    <section className="card" aria-labelledby="near">
      <h2 id="near">Near a limit</h2>
      <Loaded query={near} lines={4}>
        {({ near, teams, keys }) =>
          near.length === 0 ? (
            <Empty title={`No team and no key has used ${percent(nearShare)} of a limit`} />
          ) : (
            <>
              <ul className="near-list">
                {near.map((usage) => (
                  <NearLine key={`${usage.team} ${usage.key ?? ''}`} {...{ usage, timeZone }} />
                ))}
              </ul>
              {teams + keys > near.length && (
                <p>
                  <a href={`${linkTo('teams')}?near=1`}>All {counted(teams, 'team')} near a limit</a>
                  {keys > 0 && (
                    <>
                      , and {counted(keys, 'key')}: <code>proxy usage --near 80</code> lists them
                    </>
                  )}
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </section>
  );
}

interface NearLineProps {
  readonly usage: Usage;
  readonly timeZone: string;
}

function NearLine({ usage: { team, key, limits }, timeZone }: NearLineProps) {
  const id = useId();
  const limit = fullestOf(limits);
  if (!limit) return null;
  const share = shareOf(limit);
  return (
    <li>
      <div id={id} className="limit-head">
        <span>
          <a href={linkTo('teams', team)}>{team}</a>
          {key !== undefined && `, key ${key}`}
        </span>
        <StateOf share={share} />
      </div>
      <Meter share={share} labelledBy={id} />
      <p className="quiet">
        {limitName(limit.limit, limit.period)}:{' '}
        {limit.max === 0
          ? 'every call is refused'
          : `${amount(limit.limit, limit.used)} of ${amount(limit.limit, limit.max)}, until ${end(limit.resetsAt, timeZone)}`}
      </p>
    </li>
  );
}
