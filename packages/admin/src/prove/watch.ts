import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { errorCodes } from '@org/contract';
import { accessLogGroupOf } from '@org/infra/config';
import { metricUnits, otherMetricUnits } from '@org/lambda/log/metrics';
import { Broken, NotShown } from './broken.ts';
import type { Proof, Subject } from './proof.ts';

/** CloudWatch counts a line's metrics within minutes. */
const mostSecondsUntilCounted = 300;

/** The metrics of the function are in a namespace of the deployment's. */
const namespaceOf = ({ deployment: { config } }: Subject) => `${config.name}-${config.stage}`;

/** A pattern may have 1,024 characters, and a secret has about 40. */
const secretsAtOnce = 15;

/** Logs, metrics and alarms. They look back at the whole run, so they come last. */
export const watchProofs: readonly Proof[] = [
  {
    name: 'logged',
    statement: 'The log has a line of each request that the function answered',
    async check({ log }) {
      await log.untilFound(log.answered);
      return `${log.answered.size} requests`;
    },
  },
  {
    name: 'log-without-content',
    statement: 'No log has anything of a prompt, or the value of a key or a token',
    async check({ log, observer, canary }) {
      // What is not in the log yet cannot be found there.
      await log.untilFound(log.answered);
      const secrets = [...log.secrets];
      const groups = await observer.named('AWS::Logs::LogGroup');
      for (const group of groups) {
        for (let first = 0; first < secrets.length; first += secretsAtOnce) {
          const pattern = `%${secrets.slice(first, first + secretsAtOnce).join('|')}%`;
          const lines = await observer.logs.search(group, { pattern, from: log.since });
          const [line] = lines;
          if (line === undefined) continue;
          const what = line.includes(canary) ? 'a prompt' : 'the value of a key or a token';
          throw new Broken(`${group} has ${what} in ${lines.length} lines`);
        }
      }
      return `${secrets.length} strings were searched for in ${groups.length} log groups`;
    },
  },
  {
    name: 'errors-without-content',
    statement: 'No refusal repeats anything of a prompt, or a key',
    async check({ log }) {
      const [id] = log.leaked;
      if (id !== undefined) throw new Broken(`the refusal of request ${id} repeats one`);
      return 'none does';
    },
  },
  {
    name: 'recorded',
    statement: 'Each call of this run is charged at least the tokens that Bedrock counted',
    async check({ log }) {
      const lines = [...(await log.untilFound(log.answered)).values()];
      const counted = lines.filter(({ usage, charged }) => usage && charged);
      for (const { requestId, usage, charged } of counted) {
        if ((usage?.totalTokens ?? 0) > (charged?.tokens ?? 0)) {
          throw new Broken(
            `charged ${charged?.tokens} of ${usage?.totalTokens} tokens of request ${requestId}`,
          );
        }
      }
      if (counted.length === 0) throw new Broken('the log has no charge');
      return `${counted.length} calls`;
    },
  },
  {
    name: 'metrics',
    statement: 'CloudWatch counts the requests in the namespace of the deployment',
    async check(subject) {
      const { log, observer, deployment, wait } = subject;
      const namespace = namespaceOf(subject);
      for (let seconds = 0; ; seconds += 5) {
        const metric = { namespace, name: 'Requests', since: log.since, until: deployment.now() };
        const requests = await observer.sum(metric);
        if (requests >= log.answered.size) return `${requests} requests in ${namespace}`;
        if (seconds >= mostSecondsUntilCounted) {
          throw new Broken(`counts ${requests} of ${log.answered.size} requests in ${namespace}`);
        }
        await wait(5000);
      }
    },
  },
  {
    name: 'alarms',
    statement: 'Each alarm watches a metric that exists, and notifies the topic',
    async check(subject) {
      const { observer, deployment } = subject;
      if (!deployment.config.alarms) throw new NotShown('the config has alarms: false');
      const names = await observer.named('AWS::CloudWatch::Alarm');
      const alarms = new Map((await observer.alarms(names)).map((alarm) => [alarm.AlarmName, alarm]));
      if (names.length === 0) throw new Broken('the config has alarms, but none is deployed: deploy again');
      for (const name of names) {
        const alarm = alarms.get(name);
        if (!alarm) throw new Broken(`${name} is gone`);
        const { ActionsEnabled: enabled = true, AlarmActions: actions = [] } = alarm;
        if (!enabled || !actions.some((action) => action === deployment.alarmTopicArn)) {
          throw new Broken(`${name} does not notify the topic`);
        }
        if (!watchesAMetric(alarm, namespaceOf(subject))) {
          throw new Broken(`${name} watches ${alarm.Namespace} ${alarm.MetricName}, which nothing counts`);
        }
      }
      return `${names.length} alarms`;
    },
  },
  {
    name: 'alarm-notices',
    statement: 'An address gets the notices of the alarms',
    async check({ observer, deployment }) {
      const { alarms } = deployment.config;
      if (!alarms) throw new NotShown('the config has alarms: false');
      const { alarmTopicArn: topic } = deployment;
      if (topic === undefined) throw new Broken('there is no topic');
      const subscriptions = await observer.subscriptions(topic);
      const confirmed = subscriptions.filter(({ SubscriptionArn: arn }) => arn?.startsWith('arn:'));
      if (confirmed.length > 0) return `${confirmed.length} confirmed`;
      if (subscriptions.length > 0) throw new Broken('none of the subscriptions is confirmed');
      if (alarms.email !== undefined) throw new Broken('the topic has no subscriber');
      throw new NotShown('the topic has no subscriber; set alarms.email in the config');
    },
  },
  {
    name: 'access-log',
    statement: 'API Gateway writes its access log',
    async check({ log, observer, deployment: { config }, wait }) {
      if (!config.accessLog) throw new NotShown('the config has no accessLog');
      const group = accessLogGroupOf(config);
      const [id] = log.answered;
      for (let seconds = 0; ; seconds += 5) {
        const search = { pattern: `{ $.requestId = "${id}" }`, from: log.since };
        const lines = await observer.logs.search(group, search);
        if (lines.length > 0) return `has a line of request ${id}`;
        if (seconds >= mostSecondsUntilCounted) throw new Broken(`${group} has no line of request ${id}`);
        await wait(5000);
      }
    },
  },
];

/** AWS's own metrics, and those that the function writes. */
function watchesAMetric(
  { Namespace: namespace, MetricName: name = '', Dimensions: dimensions = [] }: MetricAlarm,
  ours: string,
): boolean {
  if (namespace !== ours) return namespace?.startsWith('AWS/') === true && dimensions.length > 0;
  const isCode = ({ Name, Value }: { Name?: string | undefined; Value?: string | undefined }) =>
    Name === 'code' && errorCodes.some((code) => code === Value);
  return (
    [metricUnits, otherMetricUnits].some((units) => Object.hasOwn(units, name)) && dimensions.every(isCode)
  );
}
