import { useState } from 'react';
import { read, useApi } from '../api.ts';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { NameField } from '../parts/name-field.tsx';
import type { Deployment } from '../queries.ts';
import { go } from '../route.ts';
import { PlanChoice } from './plan-choice.tsx';

export function CreateTeam({
  deployment,
  onClose,
}: {
  readonly deployment: Deployment;
  readonly onClose: () => void;
}) {
  const api = useApi();
  const [name, setName] = useState('');
  const [plan, setPlan] = useState(deployment.plans[0]?.name ?? '');
  return (
    <ActionDialog
      title="Create a team"
      lead="The team can be used at once, without a deployment. Its keys get the models and the limits of the plan."
      confirm="Create the team"
      blocked={name === '' || plan === ''}
      run={() => read(api.teams.$post({ json: { name, plan } }))}
      done={({ created }) =>
        created
          ? `Created the team ${name} on the plan ${plan}.`
          : `The team ${name} was there already, on the plan ${plan}.`
      }
      onDone={() => go('teams', name)}
      leadsAway
      onClose={onClose}
    >
      <NameField
        hint="Letters, digits, dots, hyphens and underscores. It cannot be changed later."
        name={name}
        onName={setName}
      />
      <PlanChoice {...{ deployment, plan }} onPlan={setPlan} />
    </ActionDialog>
  );
}
