import type { KeyRecord, NewKey } from '@org/admin';
import { type ReactNode, useState } from 'react';
import { read, useApi } from '../api.ts';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { Field } from '../parts/field.tsx';
import type { Deployment } from '../queries.ts';
import { counted, end as endText } from '../words.ts';
import { EndField } from './end-field.tsx';

export type KeyAction = 'rotate' | 'expire' | 'disable' | 'enable' | 'revoke';

export interface KeyActionProps {
  readonly deployment: Deployment;
  readonly record: KeyRecord;
  readonly onMade: (key: NewKey, before: string) => void;
  readonly onClose: () => void;
}

const dialogs: Readonly<Record<KeyAction, (props: KeyActionProps) => ReactNode>> = {
  rotate: Rotate,
  expire: Expire,
  disable: (props) => <SetEnabled {...props} disabled />,
  enable: (props) => <SetEnabled {...props} disabled={false} />,
  revoke: Revoke,
};

/** The dialog of an action. */
export function KeyActionDialog({ action, ...props }: KeyActionProps & { readonly action: KeyAction }) {
  const Dialog = dialogs[action];
  return <Dialog {...props} />;
}

const hourMs = 3_600_000;

function Rotate({ deployment, record, onMade, onClose }: KeyActionProps) {
  const api = useApi();
  const { name, source } = record;
  const [hours, setHours] = useState('24');
  const [as, setAs] = useState('');
  const isOfConfig = source === 'config';
  const overlap = Number(hours);
  return (
    <ActionDialog
      title={`Rotate ${name}`}
      lead={
        isOfConfig
          ? 'Makes a new key with the same team and limits, whose counts go on. The key of the config works until you disable it.'
          : 'Makes a new value with the same team and limits, whose counts go on. The old value works on for the overlap, so that its users can change over.'
      }
      confirm="Rotate the key"
      blocked={hours === '' || !(overlap >= 0)}
      run={() =>
        read(
          api.keys[':key'].rotate.$post({
            param: { key: name },
            json: {
              overlap: overlap === 0 ? 'now' : Math.max(60_000, Math.round(overlap * hourMs)),
              ...(isOfConfig && as !== '' && { as }),
            },
          }),
        )
      }
      done={() => `Rotated ${name}.`}
      onDone={({ key, replaced }) => {
        const old = replaced.find((each) => each.name === name);
        const before = old?.disabled
          ? 'The old value is refused from now on.'
          : old?.endsAt === undefined
            ? 'The key of the config still works.'
            : `The old value works until ${endText(old.endsAt, deployment.timeZone)}.`;
        onMade(key, before);
      }}
      onClose={onClose}
    >
      <Field label="Overlap in hours" hint="0: the old value is refused at once. Choose this if it leaked.">
        {(names) => (
          <input
            {...names}
            type="number"
            min="0"
            step="any"
            required
            value={hours}
            onChange={({ target }) => setHours(target.value)}
          />
        )}
      </Field>
      {isOfConfig && (
        <Field label="Name of the new key" hint={`The config keeps the name ${name}. Empty: ${name}-2.`}>
          {(names) => <input {...names} value={as} onChange={({ target }) => setAs(target.value)} />}
        </Field>
      )}
    </ActionDialog>
  );
}

function Expire({ deployment, record: { name, endsAt }, onClose }: KeyActionProps) {
  const api = useApi();
  const { timeZone } = deployment;
  const [end, setEnd] = useState('');
  return (
    <ActionDialog
      title={`Let ${name} end`}
      lead={`The key is refused after its last day.${endsAt === undefined ? '' : ` Now it ends ${endText(endsAt, timeZone)}.`}`}
      confirm={end === '' ? 'Remove the end' : 'Set the end'}
      blocked={end === '' && endsAt === undefined}
      run={() =>
        read(
          api.keys[':key'].expire.$post({
            param: { key: name },
            json: { end: end === '' ? null : end },
          }),
        )
      }
      done={() => (end === '' ? `${name} has no end any more.` : `${name} ends at the end of ${end}.`)}
      onClose={onClose}
    >
      <EndField label="Last day" timeZone={timeZone} end={end} onEnd={setEnd} />
    </ActionDialog>
  );
}

function SetEnabled({
  record: { name },
  disabled,
  onClose,
}: KeyActionProps & { readonly disabled: boolean }) {
  const api = useApi();
  const route = api.keys[':key'][disabled ? 'disable' : 'enable'];
  return (
    <ActionDialog
      title={disabled ? `Disable ${name}` : `Enable ${name}`}
      lead={
        disabled
          ? 'The key is refused until it is enabled again, also values of it that still work after a rotation. Within a minute, every call with it is refused.'
          : 'The key works again, under the same limits and with the same counts.'
      }
      confirm={disabled ? 'Disable the key' : 'Enable the key'}
      danger={disabled}
      run={() => read(route.$post({ param: { key: name }, json: {} }))}
      done={({ changed }) =>
        changed
          ? `${disabled ? 'Disabled' : 'Enabled'} ${name}.`
          : `${name} was ${disabled ? 'disabled' : 'enabled'} already.`
      }
      onClose={onClose}
    />
  );
}

function Revoke({ record: { name, source, replaced }, onClose }: KeyActionProps) {
  const api = useApi();
  return (
    <ActionDialog
      title={replaced ? `End the overlap of ${name}` : `Revoke ${name}`}
      lead={
        replaced
          ? 'Removes the values that a rotation replaced. The present one works on.'
          : source === 'config'
            ? 'Refuses the key for good. It is in the config: remove it there too, before the next deployment.'
            : 'Removes the key for good, with the values that still work after a rotation. It cannot be undone.'
      }
      confirm={replaced ? 'End the overlap' : 'Revoke the key'}
      danger
      run={() =>
        read(
          api.keys[':key'].revoke.$post({
            param: { key: name },
            json: replaced ? { replacedOnly: true } : {},
          }),
        )
      }
      done={({ ids, configId }) =>
        replaced
          ? `Removed ${counted(ids.length, 'old value')} of ${name}.`
          : configId === undefined
            ? `Revoked ${name}.`
            : `Revoked ${name}, which is in the config.`
      }
      onClose={onClose}
    />
  );
}
