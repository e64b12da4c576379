import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** Name of the deployment, for its emails. */
  readonly displayName: string;
  /** Names of the alarms that may publish. */
  readonly alarmNames: readonly string[];
  /** Address that gets an email for every alarm. Default: none. */
  readonly email?: string | undefined;
}

/**
 * The topic for all alarms. Only this deployment's alarms may publish, and only over TLS.
 *
 * It is encrypted at rest only if the config has a KMS key: CloudWatch may not use the AWS managed key of SNS, and a customer
 * managed key costs a fee. A notice contains only the alarm's own text and a number.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { displayName, alarmNames, email }: AlarmTopicProps) {
    super(scope, id);
    const { partition, region, account } = Stack.of(this);
    this.topic = new Topic(this, 'Topic', { displayName, enforceSSL: true });
    // A topic with a policy loses the default one, which would let every alarm of the account publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnEquals: {
            'aws:SourceArn': alarmNames.map(
              (name) => `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`,
            ),
          },
        },
      }),
    );
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));
  }
}
