import { useState } from 'react';
import { read, useApi } from '../api.ts';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { CallsAtOnceBar, LimitBar } from '../parts/limit-bar.tsx';
import { Empty, Loaded } from '../parts/loaded.tsx';
import { Menu } from '../parts/menu.tsx';
import { type Deployment, type TeamDetails, useTeam } from '../queries.ts';
import { go, linkTo } from '../route.ts';
import { amount, count, end, limitName, moment, money } from '../words.ts';
import { ChangeLimits } from './change-limits.tsx';
import { Changes } from './changes.tsx';
import { Keys } from './keys.tsx';
import { PlanChoice } from './plan-choice.tsx';
import { UsageBreakdown } from './usage-breakdown.tsx';

interface TeamPageProps {
  readonly deployment: Deployment;
  readonly name: string;
}

type Raise = TeamDetails['limits'][number]['raises'][number];

function raisedText({ max, ...raise }: Raise): string {
  if (raise.limit === 'callsAtOnce')
    return `Calls at once are raised to ${max === null ? 'no limit' : count(max)}`;
  return `${limitName(raise.limit, raise.period)} is raised to ${max === null ? 'no limit' : amount(raise.limit, max)}`;
}

/** One team: its limits, keys, callers and changes, and what can be done. */
export function TeamPage({ deployment, name }: TeamPageProps) {
  const team = useTeam(name);
  return (
    <>
      <nav aria-label="Way back" className="crumbs">
        <a href={linkTo('teams')}>Teams</a>
      </nav>
      <Loaded query={team} lines={12}>
        {(details) => <Details deployment={deployment} details={details} />}
      </Loaded>
    </>
  );
}

type Asked = 'limits' | 'move' | 'delete';

interface DetailsProps {
  readonly deployment: Deployment;
  readonly details: TeamDetails;
}

function Details({ deployment, details }: DetailsProps) {
  const [asked, setAsked] = useState<Asked | undefined>();
  const { team, limits, usage, changes } = details;
  const { name, plan, source } = team;
  const own = usage.find(({ key }) => key === undefined);
  const record = limits.find(({ key }) => key === undefined);
  const isOfConfig = source === 'config';
  const close = () => setAsked(undefined);
  return (
    <>
      <div className="view-head">
        <div>
          <h1>{name}</h1>
          <p className="quiet">
            {plan === undefined ? 'Removed, but some of its keys are left' : `Plan ${plan}`}
            {isOfConfig && ' · in the config'}
            {'createdAt' in team &&
              team.createdAt !== undefined &&
              ` · made ${moment(team.createdAt, deployment.timeZone)}`}
          </p>
        </div>
        <div className="view-tools">
          <a className="button outline" href={linkTo('playground')}>
            Ask as this team
          </a>
          <Menu of={name}>
            <button type="button" className="ghost" onClick={() => setAsked('limits')}>
              Change limits
            </button>
            <button type="button" className="ghost" disabled={isOfConfig} onClick={() => setAsked('move')}>
              Move to another plan
            </button>
            <button
              type="button"
              className="ghost"
              data-variant="danger"
              disabled={isOfConfig}
              onClick={() => setAsked('delete')}
            >
              Delete the team
            </button>
            {isOfConfig && <p className="quiet">The config says its plan, and that it exists.</p>}
          </Menu>
        </div>
      </div>
      <dl className="figures-row three">
        <Small name="Spend this month" value={own?.used.month && money(own.used.month.usd)} />
        <Small name="Requests this month" value={own?.used.month && count(own.used.month.requests)} />
        <Small name="Tokens this month" value={own?.used.month && count(own.used.month.tokens)} />
      </dl>
      <section className="card" aria-labelledby="limits">
        <div className="card-head">
          <h2 id="limits">Limits</h2>
          {record && plan !== undefined && (
            <button type="button" className="outline small" onClick={() => setAsked('limits')}>
              Change
            </button>
          )}
        </div>
        {own?.inconsistent && (
          <div role="alert" className="failed">
            <p>
              <strong>The counters of this team contradict themselves</strong>, so no call is let through on
              them.
            </p>
            <p>The page about operations says how to fix them.</p>
          </div>
        )}
        {own && own.limits.length === 0 && !own.callsAtOnce && !own.inconsistent && (
          <Empty title="No limits">
            <p>Calls are only bounded by the plan's quota and throttle. Set limits to hold its spend.</p>
          </Empty>
        )}
        <div className="limit-grid">
          {own?.limits.map((limit) => (
            <LimitBar
              key={`${limit.limit} ${limit.period} ${limit.scope}`}
              limit={limit}
              timeZone={deployment.timeZone}
            />
          ))}
          {own?.callsAtOnce && <CallsAtOnceBar status={own.callsAtOnce} />}
        </div>
        {record && record.raises.length > 0 && (
          <ul className="notes">
            {record.raises.map((raise) => (
              <li key={raise.limit === 'callsAtOnce' ? raise.limit : `${raise.limit} ${raise.period}`}>
                {raisedText(raise)} until {end(raise.until * 1000, deployment.timeZone)}.
              </li>
            ))}
          </ul>
        )}
      </section>
      <Keys deployment={deployment} details={details} />
      <UsageBreakdown team={name} />
      <Changes changes={changes} timeZone={deployment.timeZone} />
      {asked === 'limits' && record && (
        <ChangeLimits deployment={deployment} record={record} onClose={close} />
      )}
      {asked === 'move' && <Move deployment={deployment} name={name} present={plan} onClose={close} />}
      {asked === 'delete' && <Delete name={name} keys={details.keys.length} onClose={close} />}
    </>
  );
}

function Small({ name, value }: { readonly name: string; readonly value: string | undefined }) {
  return (
    <div className="card figure">
      <dt>{name}</dt>
      <dd>
        <span className="value">{value ?? 'not counted'}</span>
      </dd>
    </div>
  );
}

interface MoveProps {
  readonly deployment: Deployment;
  readonly name: string;
  readonly present: string | undefined;
  readonly onClose: () => void;
}

function Move({ deployment, name, present, onClose }: MoveProps) {
  const api = useApi();
  const [plan, setPlan] = useState(present ?? deployment.plans[0]?.name ?? '');
  return (
    <ActionDialog
      title={`Move ${name} to another plan`}
      lead="All keys of the team get the models and the limits of that plan. What they used stays counted."
      confirm="Move the team"
      blocked={plan === present}
      run={() => read(api.teams[':team'].move.$post({ param: { team: name }, json: { plan } }))}
      done={({ movedKeys }) => `Moved ${name} and ${movedKeys} of its keys to the plan ${plan}.`}
      onClose={onClose}
    >
      <PlanChoice {...{ deployment, plan }} onPlan={setPlan} />
    </ActionDialog>
  );
}

function Delete({
  name,
  keys,
  onClose,
}: {
  readonly name: string;
  readonly keys: number;
  readonly onClose: () => void;
}) {
  const api = useApi();
  const [typed, setTyped] = useState('');
  return (
    <ActionDialog
      title={`Delete ${name}`}
      lead={`Refuses all calls of the team from now on, and removes its ${keys} keys for good. It cannot be undone. Its use of the month stays counted.`}
      confirm="Delete the team"
      danger
      blocked={typed !== name}
      run={() => read(api.teams[':team'].delete.$post({ param: { team: name }, json: {} }))}
      done={() => `Deleted the team ${name}.`}
      onDone={() => go('teams')}
      leadsAway
      onClose={onClose}
    >
      <div data-field>
        <label>
          Type the name of the team
          <input autoComplete="off" value={typed} onChange={({ target }) => setTyped(target.value)} />
        </label>
      </div>
    </ActionDialog>
  );
}
