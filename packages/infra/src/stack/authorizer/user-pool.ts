import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  CfnUserPoolClient,
  CfnUserPoolGroup,
  UserPool as CognitoUserPool,
  FeaturePlan,
  Mfa,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { ProxyConfig } from '../../config/config.ts';
import { type CheckedCognitoSignIn, userAttributes } from '../../config/sign-in.ts';

export interface UserPoolProps {
  readonly config: ProxyConfig;
  readonly signIn: CheckedCognitoSignIn;
}

/**
 * A user pool of Amazon Cognito with one app client, and a group for each value that is a team. People cannot sign up by
 * themselves: an administrator makes users and puts them into groups, and no user can set the claim that names the team. It
 * costs nothing while idle.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
 */
export class UserPool extends Construct {
  readonly pool: CognitoUserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, { config, signIn }: UserPoolProps) {
    super(scope, id);
    const retained = config.removalPolicy === 'retain';
    this.pool = new CognitoUserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      // An address counts once its owner has confirmed it.
      keepOriginal: { email: true },
      featurePlan: FeaturePlan.LITE,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      removalPolicy: retained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      deletionProtection: retained,
    });
    this.client = this.pool.addClient('Client', {
      // Apps sign their users in without sending the password; an administrator's script may send it.
      authFlows: { userSrp: true, adminUserPassword: true },
      disableOAuth: true,
      generateSecret: false,
      preventUserExistenceErrors: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
    });
    // What users may set about themselves; CDK's own list has no way to say all but one.
    const { defaultChild } = this.client.node;
    if (defaultChild instanceof CfnUserPoolClient) {
      defaultChild.writeAttributes = userAttributes.filter((attribute) => attribute !== signIn.claim);
    }
    if (signIn.claim === 'cognito:groups') {
      for (const groupName of Object.keys(signIn.teams ?? config.teams)) {
        new CfnUserPoolGroup(this, `Group-${groupName}`, {
          userPoolId: this.pool.userPoolId,
          groupName,
          description: `Callers of the team ${signIn.teams?.[groupName] ?? groupName}`,
        });
      }
    }
    new CfnOutput(scope, 'UserPoolId', {
      value: this.pool.userPoolId,
      description: 'Id of the user pool for sign-in',
    });
    new CfnOutput(scope, 'UserPoolClientId', {
      value: this.client.userPoolClientId,
      description: 'Id of the app client that tokens are made for',
    });
  }
}
