import type { NewKey } from '@org/admin';
import { useState } from 'react';
import { read, useApi } from '../api.ts';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { Field } from '../parts/field.tsx';
import { NameField } from '../parts/name-field.tsx';
import type { Deployment } from '../queries.ts';
import { EndField } from './end-field.tsx';
import { LimitsFields } from './limits-fields.tsx';
import { limitsTyped, type TypedLimits } from './limits-typed.ts';

interface CreateKeyProps {
  readonly deployment: Deployment;
  readonly team: string;
  readonly onMade: (key: NewKey) => void;
  readonly onClose: () => void;
}

export function CreateKey({ deployment, team, onMade, onClose }: CreateKeyProps) {
  const api = useApi();
  const [name, setName] = useState('');
  const [owner, setOwner] = useState('');
  const [note, setNote] = useState('');
  const [end, setEnd] = useState('');
  const [typed, setTyped] = useState<TypedLimits>({});
  const limits = limitsTyped(typed);
  const hasLimits = limits !== undefined && Object.keys(limits).length > 0;
  return (
    <ActionDialog
      title={`Create a key of ${team}`}
      lead="Makes a key that works at once, under the limits of the team. Its value is shown once, after it is made."
      confirm="Create the key"
      blocked={name === '' || limits === undefined}
      run={() =>
        read(
          api.keys.$post({
            json: {
              ...{ name, team },
              ...(owner !== '' && { owner }),
              ...(note !== '' && { note }),
              ...(end !== '' && { end }),
              ...(hasLimits && { limits }),
            },
          }),
        )
      }
      done={() => `Created the key ${name} of ${team}.`}
      onDone={onMade}
      onClose={onClose}
    >
      <NameField hint="Letters, digits, dots, hyphens and underscores." name={name} onName={setName} />
      <div className="two-fields">
        <Field label="Owner" hint="Who answers for it.">
          {(names) => <input {...names} value={owner} onChange={({ target }) => setOwner(target.value)} />}
        </Field>
        <Field label="Note" hint="What it is for.">
          {(names) => <input {...names} value={note} onChange={({ target }) => setNote(target.value)} />}
        </Field>
      </div>
      <EndField label="Last day" timeZone={deployment.timeZone} end={end} onEnd={setEnd} />
      <details>
        <summary>Limits of its own</summary>
        <LimitsFields legend="Within those of the team" typed={typed} withCallsAtOnce onTyped={setTyped} />
      </details>
    </ActionDialog>
  );
}
