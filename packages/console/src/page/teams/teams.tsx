import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ListedTeam } from '../../server/teams.ts';
import { Meter, StateOf } from '../parts/limit-bar.tsx';
import { fullestOf, nearShare, shareOf } from '../parts/limit-share.ts';
import { Empty, Loaded } from '../parts/loaded.tsx';
import { type Deployment, useTeams } from '../queries.ts';
import { linkTo } from '../route.ts';
import { count, counted, limitName, money } from '../words.ts';
import { CreateTeam } from './create-team.tsx';
import { type Choice, choiceIn, choose, everything, queryOf, type Sort } from './team-list.ts';

interface TeamsProps {
  readonly deployment: Deployment;
  readonly query: URLSearchParams;
}

/** All teams, with what they use. */
export function Teams({ deployment, query }: TeamsProps) {
  const teams = useTeams();
  const [creates, setCreates] = useState(false);
  return (
    <>
      <div className="view-head">
        <h1>Teams</h1>
        <div className="view-tools">
          <a className="button outline" href={linkTo('teams', '+import')}>
            Import
          </a>
          <button type="button" onClick={() => setCreates(true)}>
            Create a team
          </button>
        </div>
      </div>
      <Loaded query={teams} lines={10}>
        {({ teams }) =>
          teams.length === 0 ? (
            <Empty title="There is no team yet">
              <p>Create one, give it a key, and its use shows up here.</p>
            </Empty>
          ) : (
            <Listed key={query.toString()} teams={teams} first={choiceIn(query)} />
          )
        }
      </Loaded>
      {creates && <CreateTeam deployment={deployment} onClose={() => setCreates(false)} />}
    </>
  );
}

function Listed({ teams, first }: { readonly teams: readonly ListedTeam[]; readonly first: Choice }) {
  const [choice, setChoice] = useState(first);
  const chosen = useMemo(() => choose(teams, choice, nearShare), [teams, choice]);
  const change = (changed: Partial<Choice>) => {
    const next = { ...choice, ...changed };
    setChoice(next);
    // In the address, so that the way back leads to the same rows.
    history.replaceState(null, '', `${linkTo('teams')}${queryOf(next)}`);
  };
  return (
    <>
      <search className="filters">
        <input
          type="search"
          aria-label="Search teams and plans"
          placeholder="Search teams and plans"
          value={choice.search}
          onChange={({ target }) => change({ search: target.value })}
        />
        <label>
          <input
            type="checkbox"
            checked={choice.near}
            onChange={({ target }) => change({ near: target.checked })}
          />
          Near a limit
        </label>
        <p className="quiet" role="status">
          {chosen.length === teams.length
            ? counted(teams.length, 'team')
            : `${count(chosen.length)} of ${counted(teams.length, 'team')}`}
        </p>
      </search>
      {chosen.length === 0 ? (
        <Empty title="No team is like that">
          <button type="button" className="outline small" onClick={() => change(everything)}>
            Show all teams
          </button>
        </Empty>
      ) : (
        <Rows teams={chosen} choice={choice} onSort={(sort) => change(sorted(choice, sort))} />
      )}
    </>
  );
}

/** Text from A to Z at first, numbers from the highest; the other way round with the next click. */
function sorted(choice: Choice, sort: Sort): Pick<Choice, 'sort' | 'descending'> {
  if (choice.sort === sort) return { sort, descending: !choice.descending };
  return { sort, descending: sort !== 'name' && sort !== 'plan' };
}

const columns: readonly { readonly sort: Sort; readonly title: string; readonly isNumber?: boolean }[] = [
  { sort: 'name', title: 'Team' },
  { sort: 'plan', title: 'Plan' },
  { sort: 'spend', title: 'Spend this month', isNumber: true },
  { sort: 'requests', title: 'Requests', isNumber: true },
  { sort: 'limit', title: 'Fullest limit' },
  { sort: 'keys', title: 'Keys', isNumber: true },
];

/** Height of a row, in pixels; the styles say the same. */
const rowHeight = 60;

interface RowsProps {
  readonly teams: readonly ListedTeam[];
  readonly choice: Choice;
  readonly onSort: (sort: Sort) => void;
}

/** Only the rows that can be seen are in the page. */
function Rows({ teams, choice, onSort }: RowsProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setTop((body.current?.getBoundingClientRect().top ?? 0) + scrollY);
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  const rows = useWindowVirtualizer({
    count: teams.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: top,
  });
  const seen = rows.getVirtualItems();
  const before = (seen[0]?.start ?? top) - top;
  const after = rows.getTotalSize() - ((seen.at(-1)?.end ?? top) - top);
  return (
    <table className="teams" aria-rowcount={teams.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map(({ sort, title, isNumber }) => (
            <th
              key={sort}
              scope="col"
              data-column={sort}
              className={isNumber ? 'number' : undefined}
              aria-sort={choice.sort === sort ? (choice.descending ? 'descending' : 'ascending') : undefined}
            >
              <button type="button" className="ghost small" onClick={() => onSort(sort)}>
                {title}
                <span aria-hidden="true" className="arrow">
                  {choice.sort === sort ? (choice.descending ? '↓' : '↑') : ''}
                </span>
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {before > 0 && <Gap height={before} />}
        {seen.map(({ index }) => {
          const team = teams[index];
          return team && <Row key={team.name} team={team} index={index} />;
        })}
        {after > 0 && <Gap height={after} />}
      </tbody>
    </table>
  );
}

/** Where the rows are that are not in the page. */
function Gap({ height }: { readonly height: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: no row of a table takes the focus
    <tr aria-hidden="true" className="gap">
      <td colSpan={columns.length} style={{ blockSize: height }} />
    </tr>
  );
}

function Row({ team, index }: { readonly team: ListedTeam; readonly index: number }) {
  const { name, plan, usage, keys, source } = team;
  const month = usage.used.month;
  return (
    <tr aria-rowindex={index + 2}>
      <th scope="row" data-column="name">
        <a href={linkTo('teams', name)}>{name}</a>
        <span className="quiet">
          {plan === undefined ? 'removed' : source === 'config' ? 'in the config' : ''}
        </span>
      </th>
      <td data-column="plan">{plan ?? '–'}</td>
      <td data-column="spend" className="number">
        {month ? money(month.usd) : 'not counted'}
      </td>
      <td data-column="requests" className="number">
        {month ? count(month.requests) : '–'}
      </td>
      <td data-column="limit">
        <Fullest team={team} />
      </td>
      <td data-column="keys" className="number">
        {count(keys)}
      </td>
    </tr>
  );
}

function Fullest({ team }: { readonly team: ListedTeam }) {
  const id = useId();
  const limit = fullestOf(team.usage.limits);
  if (team.usage.inconsistent)
    return (
      <span className="badge" data-variant="danger">
        counters damaged
      </span>
    );
  if (!limit) return <span className="quiet">no limits</span>;
  const share = shareOf(limit);
  return (
    <div className="fullest">
      <div id={id} className="limit-head">
        <span className="quiet">{limitName(limit.limit, limit.period)}</span>
        <StateOf share={share} />
      </div>
      <Meter share={share} labelledBy={id} />
    </div>
  );
}
