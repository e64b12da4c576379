import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type AlarmSources, alarmDefinitions } from './alarm-definitions.ts';
import { AlarmTopic } from './alarm-topic.ts';

export interface AlarmsProps extends AlarmSources {
  /** Address that gets an email for every alarm. Default: none. */
  readonly email?: string | undefined;
}

/** All alarms of a deployment, with one topic. */
export class Alarms extends Construct {
  readonly topic: Topic;
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { email, ...sources }: AlarmsProps) {
    super(scope, id);
    const deployment = `${sources.config.name}-${sources.config.stage}`;
    const nameOf = (name: string) => `${deployment}-${name}`;
    const definitions = alarmDefinitions(sources);
    const alarmNames = definitions.map(({ name }) => nameOf(name));
    this.topic = new AlarmTopic(this, 'Notices', { displayName: deployment, alarmNames, email }).topic;
    const action = new SnsAction(this.topic);
    this.all = definitions.map(({ name, description, metric, threshold, ...evaluation }) => {
      const { datapoints = 1, periods = 1 } = evaluation;
      const alarm = new Alarm(this, name, {
        alarmName: nameOf(name),
        alarmDescription: description,
        metric,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        datapointsToAlarm: datapoints,
        evaluationPeriods: periods,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(action);
      return alarm;
    });
  }
}
