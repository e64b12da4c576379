import type { KeyRecord, LimitsRecord, NewKey } from '@org/admin';
import { useState } from 'react';
import { LimitBar } from '../parts/limit-bar.tsx';
import { Empty } from '../parts/loaded.tsx';
import { Menu } from '../parts/menu.tsx';
import type { Deployment, TeamDetails } from '../queries.ts';
import { linkTo } from '../route.ts';
import { counted, end, moment } from '../words.ts';
import { ChangeLimits } from './change-limits.tsx';
import { CreateKey } from './create-key.tsx';
import { type KeyAction, KeyActionDialog } from './key-actions.tsx';
import { NewKeyDialog } from './new-key.tsx';

/** So many are shown at first. */
const mostShown = 50;

type Asked =
  | { readonly to: 'create' }
  | { readonly to: KeyAction; readonly record: KeyRecord }
  | { readonly to: 'limits'; readonly record: LimitsRecord }
  | { readonly to: 'show'; readonly made: NewKey; readonly before?: string };

interface KeysProps {
  readonly deployment: Deployment;
  readonly details: TeamDetails;
}

/** The keys of a team, and what can be done with each. */
export function Keys({ deployment, details: { team, keys, limits, usage } }: KeysProps) {
  const [asked, setAsked] = useState<Asked | undefined>();
  const [all, setAll] = useState(false);
  const close = () => setAsked(undefined);
  const shown = all ? keys : keys.slice(0, mostShown);
  return (
    <section className="card" aria-labelledby="keys">
      <div className="card-head">
        <h2 id="keys">Keys</h2>
        {team.plan !== undefined && (
          <button type="button" className="small" onClick={() => setAsked({ to: 'create' })}>
            Create a key
          </button>
        )}
      </div>
      {keys.length === 0 ? (
        <Empty title="This team has no key yet">
          <p>Create one, and give it to the people or services that call for the team.</p>
        </Empty>
      ) : (
        <ul className="keys">
          {shown.map((record) => (
            <Key
              key={`${record.name} ${record.id ?? ''}`}
              record={record}
              limits={record.replaced ? undefined : limits.find(({ key }) => key === record.name)}
              usage={record.replaced ? undefined : usage.find(({ key }) => key === record.name)}
              timeZone={deployment.timeZone}
              onAsk={setAsked}
            />
          ))}
        </ul>
      )}
      {shown.length < keys.length && (
        <button type="button" className="outline small" onClick={() => setAll(true)}>
          Show all {counted(keys.length, 'key')}
        </button>
      )}
      {asked?.to === 'create' && (
        <CreateKey
          deployment={deployment}
          team={team.name}
          onMade={(made) => setAsked({ to: 'show', made })}
          onClose={close}
        />
      )}
      {asked?.to === 'limits' && (
        <ChangeLimits deployment={deployment} record={asked.record} onClose={close} />
      )}
      {asked?.to === 'show' && (
        <NewKeyDialog
          deployment={deployment}
          made={asked.made}
          {...(asked.before !== undefined && { before: asked.before })}
          onClose={close}
        />
      )}
      {asked && isKeyAction(asked) && (
        <KeyActionDialog
          action={asked.to}
          deployment={deployment}
          record={asked.record}
          onMade={(made, before) => setAsked({ to: 'show', made, before })}
          onClose={close}
        />
      )}
    </section>
  );
}

function isKeyAction(asked: Asked): asked is Extract<Asked, { readonly to: KeyAction }> {
  return asked.to !== 'create' && asked.to !== 'limits' && asked.to !== 'show';
}

/** The states in words, and whether they need a look. */
const states: Readonly<Record<KeyRecord['state'], { readonly word: string; readonly variant: string }>> = {
  active: { word: 'works', variant: 'success' },
  ending: { word: 'works, and ends', variant: 'warning' },
  ended: { word: 'ended', variant: 'secondary' },
  disabled: { word: 'disabled', variant: 'danger' },
  incomplete: { word: 'incomplete', variant: 'danger' },
  orphaned: { word: 'without a team', variant: 'danger' },
};

interface KeyProps {
  readonly record: KeyRecord;
  readonly limits: LimitsRecord | undefined;
  readonly usage: TeamDetails['usage'][number] | undefined;
  readonly timeZone: string;
  readonly onAsk: (asked: Asked) => void;
}

function Key({ record, limits, usage, timeZone, onAsk }: KeyProps) {
  const { name, state, replaced, source, endsAt, createdAt, owner, note } = record;
  const { word, variant } = states[state];
  const facts = [
    ...(replaced ? ['an old value, replaced by a rotation'] : []),
    ...(source === 'config' ? ['in the config'] : []),
    ...(endsAt === undefined ? [] : [`ends ${end(endsAt, timeZone)}`]),
    ...(createdAt === undefined ? [] : [`made ${moment(createdAt, timeZone)}`]),
    ...(owner === undefined ? [] : [`owner ${owner}`]),
    ...(note === undefined ? [] : [note]),
  ];
  const ask = (to: KeyAction) => () => onAsk({ to, record });
  const item = (to: KeyAction, label: string, danger = false) => (
    <button type="button" className="ghost" data-variant={danger ? 'danger' : undefined} onClick={ask(to)}>
      {label}
    </button>
  );
  return (
    <li className="key">
      <div className="key-head">
        <div>
          <p>
            <strong className="name">{name}</strong>{' '}
            <span className="badge" data-variant={variant}>
              {word}
            </span>
          </p>
          {facts.length > 0 && <p className="quiet">{facts.join(' · ')}</p>}
        </div>
        <Menu of={replaced ? `the old value of ${name}` : name}>
          {replaced ? (
            item('revoke', 'End the overlap', true)
          ) : (
            <>
              {(state === 'active' || state === 'ending') && (
                <>
                  <a href={`${linkTo('playground')}?key=${encodeURIComponent(name)}`}>Ask with it</a>
                  {item('rotate', 'Rotate')}
                </>
              )}
              {limits && (
                <button
                  type="button"
                  className="ghost"
                  onClick={() => onAsk({ to: 'limits', record: limits })}
                >
                  Change limits
                </button>
              )}
              {item('expire', 'Set an end')}
              {state === 'disabled' ? item('enable', 'Enable') : item('disable', 'Disable')}
              {item('revoke', 'Revoke', true)}
            </>
          )}
        </Menu>
      </div>
      {usage && usage.limits.length > 0 && (
        <div className="limit-grid">
          {usage.limits.map((limit) => (
            <LimitBar key={`${limit.limit} ${limit.period}`} limit={limit} timeZone={timeZone} />
          ))}
        </div>
      )}
    </li>
  );
}
