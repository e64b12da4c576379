import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { expect, onTestFinished, test } from 'vitest';
import { type AwsAnswers, startAws } from '../testing/aws-server.ts';
import { UsagePlans } from './usage-plans.ts';

/** An account with "a-b" and "a-b-c", of which the plan "x" of the second has the name of the plan "c-x" of the first. */
const account: AwsAnswers = {
  '/usageplans': {
    body: {
      item: [
        { id: 'cx', name: 'a-b-c-x', apiStages: [{ apiId: 'ab', stage: 'b' }] },
        { id: 'big', name: 'a-b-big', apiStages: [{ apiId: 'ab', stage: 'b' }] },
        { id: 'foreign-x', name: 'a-b-c-x', apiStages: [{ apiId: 'abc', stage: 'c' }] },
        { id: 'foreign-y', name: 'a-b-c-y', apiStages: [{ apiId: 'abc', stage: 'c' }] },
        { id: 'nobodys', name: 'a-b-z' },
      ],
    },
  },
  '/usageplans/cx/keys': { status: 201, body: { id: 'key' } },
  '/usageplans/cx/keys/key': { status: 202, body: {} },
};

async function plansOf(stackName: string, apiId: string): Promise<UsagePlans> {
  const client = new APIGatewayClient(await startAws(account));
  onTestFinished(() => client.destroy());
  return new UsagePlans(client, { stackName, apiId, stage: 'b', recordedId: async () => undefined });
}

test("a plan is this deployment's, whatever other deployments' plans are called", async () => {
  const plans = await plansOf('a-b', 'ab');
  // This account refuses every other plan.
  await plans.add('key', 'c-x');
  for (const plan of ['c-y', 'z'])
    await expect(plans.add('key', plan)).rejects.toMatchObject({ code: 'plan_is_not_deployed' });
});

test('a key that moves leaves no plan of another deployment', async () => {
  const plans = await plansOf('a-b', 'ab');
  // This account says of a key that it is in every plan.
  await plans.move('key', 'big');
});
