import type { LimitsRecord } from '@org/admin';
import { useState } from 'react';
import { read, useApi } from '../api.ts';
import { ActionDialog } from '../parts/action-dialog.tsx';
import type { Deployment } from '../queries.ts';
import { EndField } from './end-field.tsx';
import { LimitsFields } from './limits-fields.tsx';
import { limitsInWords } from './limits-in-words.ts';
import { limitsTyped, type TypedLimits } from './limits-typed.ts';

type Way = 'raise' | 'set' | 'clear';

const ways: Readonly<
  Record<Way, { readonly label: string; readonly does: string; readonly confirm: string }>
> = {
  raise: {
    label: 'Raise until a day',
    does: 'Higher limits, from now on until a day, then the present ones again.',
    confirm: 'Raise the limits',
  },
  set: {
    label: 'Set',
    does: 'Other limits from now on, in place of those of the plan or the config. A deployment does not undo it.',
    confirm: 'Set the limits',
  },
  clear: {
    label: 'As before',
    does: 'Removes what was changed here: back to the limits of the plan or the config.',
    confirm: 'Go back',
  },
};

interface ChangeLimitsProps {
  readonly deployment: Deployment;
  readonly record: LimitsRecord;
  readonly onClose: () => void;
}

/** Raises, sets or clears the limits of a team or a key. */
export function ChangeLimits({ deployment, record, onClose }: ChangeLimitsProps) {
  const api = useApi();
  const { team, key, inForce, set, raises } = record;
  const subject = key ?? team;
  const [way, setWay] = useState<Way>('raise');
  const [typed, setTyped] = useState<TypedLimits>({});
  const [end, setEnd] = useState('');
  const limits = limitsTyped(typed);
  const isEmpty = limits !== undefined && Object.keys(limits).length === 0;
  const isChanged = set !== undefined || raises.length > 0;
  const run = () => {
    const of = key === undefined ? { team } : { key };
    const change =
      way === 'clear'
        ? ({ action: 'clear' } as const)
        : way === 'set'
          ? ({ action: 'set', limits: limits ?? {} } as const)
          : ({ action: 'raise', limits: limits ?? {}, ...(end !== '' && { end }) } as const);
    return read(api.limits.$post({ json: { of, change } }));
  };
  return (
    <ActionDialog
      title={`Limits of ${key === undefined ? '' : 'the key '}${subject}`}
      lead={<>In force: {limitsInWords(inForce)}. Calls follow a change within a minute.</>}
      confirm={ways[way].confirm}
      blocked={way === 'clear' ? !isChanged : limits === undefined || isEmpty}
      run={run}
      done={({ changed, to, withoutEffect, warnings }) =>
        [
          changed
            ? `The limits of ${subject} are now: ${limitsInWords(to ?? undefined)}.`
            : `The limits of ${subject} were so already.`,
          ...(withoutEffect
            ? [`Never reached, because the team allows no more: ${limitsInWords(withoutEffect)}.`]
            : []),
          ...warnings,
        ].join(' ')
      }
      onClose={onClose}
    >
      <fieldset className="ways">
        <legend>What to do</legend>
        {(Object.keys(ways) as Way[]).map((each) => (
          <label key={each}>
            <input type="radio" name="way" checked={way === each} onChange={() => setWay(each)} />
            {ways[each].label}
          </label>
        ))}
      </fieldset>
      <p className="quiet">{ways[way].does}</p>
      {way === 'clear' && !isChanged && <p>Nothing was changed here, so there is nothing to go back from.</p>}
      {way !== 'clear' && (
        <LimitsFields
          legend={way === 'raise' ? 'Higher limits' : 'New limits'}
          typed={typed}
          inForce={inForce}
          withCallsAtOnce={way === 'set'}
          onTyped={setTyped}
        />
      )}
      {way === 'raise' && (
        <EndField label="Last day" timeZone={deployment.timeZone} end={end} onEnd={setEnd} />
      )}
    </ActionDialog>
  );
}
