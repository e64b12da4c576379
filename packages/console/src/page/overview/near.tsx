import type { Usage } from '@org/admin';
import { useId } from 'react';
import { fullestOf, Meter, nearShare, StateOf, shareOf } from '../parts/limit-bar.tsx';
import { Empty, Loaded } from '../parts/loaded.tsx';
import { useNear } from '../queries.ts';
import { linkTo } from '../route.ts';
import { amount, end, limitName, percent } from '../words.ts';

/** So many are listed. */
const mostListed = 8;

/** Who is near a limit. */
export function Near({ timeZone }: { readonly timeZone: string }) {
  const near = useNear();
  return (
    <section className="card" aria-labelledby="near">
      <h2 id="near">Near a limit</h2>
      <Loaded query={near} lines={4}>
        {({ near }) => {
          const fullest = near
            .flatMap((usage) => {
              const limit = fullestOf(usage.limits);
              return limit ? [{ usage, limit }] : [];
            })
            .toSorted((one, other) => shareOf(other.limit) - shareOf(one.limit));
          if (fullest.length === 0)
            return <Empty title={`No team and no key has used ${percent(nearShare)} of a limit`} />;
          return (
            <>
              <ul className="near-list">
                {fullest.slice(0, mostListed).map(({ usage, limit }) => (
                  <NearLine key={`${usage.team} ${usage.key ?? ''}`} {...{ usage, limit, timeZone }} />
                ))}
              </ul>
              {fullest.length > mostListed && (
                <p>
                  <a href={`${linkTo('teams')}?near=1`}>All {fullest.length} near a limit</a>
                </p>
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

interface NearLineProps {
  readonly usage: Usage;
  readonly limit: Usage['limits'][number];
  readonly timeZone: string;
}

function NearLine({ usage: { team, key }, limit, timeZone }: NearLineProps) {
  const id = useId();
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
