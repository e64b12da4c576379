import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** Name of the deployment, for its mails. */
  readonly displayName: string;
  /** Names of the alarms that may publish. */
  readonly alarmNames: readonly string[];
  /** Address that gets a mail for every alarm. Default: none. */
  readonly email?: string | undefined;
}

/**
 * The topic of all alarms: this deployment's alarms may publish, over TLS only, and nobody else.
 *
 * Not encrypted at rest by KMS: CloudWatch may not use the key that AWS manages for SNS, and a key of our own costs a
 * fee. A notice holds the alarm's own text, a number and no more.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { displayName, alarmNames, email }: AlarmTopicProps) {
    super(scope, id);
    const { partition, region, account } = Stack.of(this);
    this.topic = new Topic(this, 'Topic', { displayName, enforceSSL: true });
    // A topic with a policy has no default one, which would let every alarm of the account publish.
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
