import { parseJson } from '@org/contract';
import { Plan } from '@org/infra/config';
import type { RunTimePlan } from '@org/lambda/environment';
import { type Attributes, type Item, listOf, PlanItem, planKey } from '@org/table';
import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import type { Table } from '../table.ts';

/** A plan made at run time, as the table has it. */
export interface StoredPlan extends Omit<z.output<typeof PlanItem>, 'access' | 'guards'> {
  readonly name: string;
  /** As it was checked when it was written. */
  readonly plan: Plan;
}

const Json = z.record(z.string(), z.unknown());

/** What the function reads of a plan, and what API Gateway applies. */
export function planAttributes({ throttle, quota, guardrail, ...access }: Plan): Attributes {
  const read: RunTimePlan = {
    ...access,
    guardrail: guardrail && { id: guardrail.id, version: guardrail.version },
  };
  return { access: JSON.stringify(read), guards: JSON.stringify({ throttle, quota }) };
}

/** @throws {AdminError} If a newer version wrote something that this one does not know. */
export async function readPlan(table: Table, name: string): Promise<StoredPlan | undefined> {
  const item = await table.get(planKey(name));
  const stored = item && storedPlan(item);
  if (item && !stored) throw new AdminError('changes_are_unreadable', { item: `plan ${name}` });
  return stored;
}

/**
 * Every plan made at run time that can be read, in the order of their names, also one that is in the config by now. The
 * function refuses calls on a plan that cannot be read.
 */
export async function listStoredPlans(table: Table): Promise<StoredPlan[]> {
  return (await table.query(listOf.plans)).flatMap((item) => storedPlan(item) ?? []);
}

function storedPlan(item: Item): StoredPlan | undefined {
  const name = item['sk']?.S ?? '';
  const { data } = z.safeParse(PlanItem, item);
  const [access, guards] = [data?.access, data?.guards].map(
    (text = '') => z.safeParse(Json, parseJson(text)).data,
  );
  const { data: plan } = z.safeParse(Plan, { ...access, ...guards });
  if (!data || !plan) return undefined;
  const { access: _access, guards: _guards, ...rest } = data;
  return { ...rest, name, plan };
}
