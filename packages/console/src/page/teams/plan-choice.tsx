import { Field } from '../parts/field.tsx';
import type { Deployment } from '../queries.ts';
import { limitsInWords } from './limits-in-words.ts';

interface PlanChoiceProps {
  readonly deployment: Deployment;
  readonly plan: string;
  readonly onPlan: (plan: string) => void;
}

/** A choice of a plan, with what it allows. */
export function PlanChoice({ deployment, plan, onPlan }: PlanChoiceProps) {
  const chosen = deployment.plans.find(({ name }) => name === plan);
  return (
    <Field
      label="Plan"
      hint={
        chosen && (
          <>
            Models: {chosen.models.join(', ')}. Limits: {limitsInWords(chosen.limits ?? undefined)}.
          </>
        )
      }
    >
      {(names) => (
        <select {...names} value={plan} onChange={({ target }) => onPlan(target.value)}>
          {deployment.plans.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
    </Field>
  );
}
