import { longestCallMs } from '@org/contract';
import { requestLogGroupOf } from '@org/infra/config';
import { Broken, NotShown } from './broken.ts';
import type { Proof } from './proof.ts';

/** Settings that nothing in a few calls can show, read from AWS as they are deployed. */
export const deployedProofs: readonly Proof[] = [
  {
    name: 'plans',
    statement: 'API Gateway has the throttle and the quota of each plan, as in the config',
    async check({ deployment: { config, plans } }) {
      const deployed = await plans.guards();
      for (const [name, { throttle, quota }] of Object.entries(config.plans)) {
        const found = deployed.get(name);
        if (!found) throw new Broken(`has no plan ${name}`);
        const wanted = `${throttle.rate} a second, ${throttle.burst} at once, ${quota.limit} a ${quota.period}`;
        const is = `${found.rate} a second, ${found.burst} at once, ${found.limit} a ${found.period}`;
        if (is !== wanted) throw new Broken(`has ${is} for ${name}, and the config ${wanted}`);
      }
      return `${deployed.size} plans`;
    },
  },
  {
    name: 'bodies-not-logged',
    statement: 'API Gateway does not log bodies',
    async check({ observer, deployment: { apiId, config } }) {
      if (await observer.logsBodies(apiId, config.stage)) throw new Broken('data trace of the stage is on');
      return 'data trace is off';
    },
  },
  {
    name: 'log-retention',
    statement: 'Each log group keeps its lines for as many days as the config says',
    async check({ observer, deployment: { config } }) {
      const groups = await observer.named('AWS::Logs::LogGroup');
      for (const group of groups) {
        const days = await observer.logs.retentionDays(group);
        if (days !== config.logRetentionDays) {
          const kept = days === undefined ? 'for ever' : `for ${days} days`;
          throw new Broken(
            `${group} keeps its lines ${kept}, but logRetentionDays is ${config.logRetentionDays}`,
          );
        }
      }
      return `${config.logRetentionDays} days in ${groups.length} groups`;
    },
  },
  {
    name: 'function-time',
    statement: 'The function may run for as long as the longest stream',
    async check({ observer, deployment: { config } }) {
      const wanted = longestCallMs.stream / 1000;
      for (const name of await observer.resources('AWS::Lambda::Function')) {
        const { timeout, logGroup } = await observer.functionSettings(name);
        if (logGroup !== requestLogGroupOf(config)) continue;
        if (timeout < wanted) throw new Broken(`${name} may run for ${timeout} s only`);
        return `${timeout} s`;
      }
      throw new Broken('no function writes to the log group of the deployment');
    },
  },
  {
    name: 'doctor',
    statement: 'doctor finds no error in the account',
    async check({ diagnose }) {
      if (!diagnose) throw new NotShown('a local gateway has no account');
      const findings = await diagnose();
      const error = findings.find(({ status }) => status === 'error');
      if (error) throw new Broken(`${error.of ?? error.check}: ${error.what}`);
      const warned = findings.filter(({ status }) => status === 'warning');
      return `${findings.length} looked at; warnings: ${warned.map(({ check, of }) => of ?? check).join(', ') || 'none'}`;
    },
  },
];
