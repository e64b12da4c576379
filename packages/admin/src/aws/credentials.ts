import type { STSClientConfig } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { CredentialsProviderError, parseKnownFiles } from '@smithy/core/config';
import { AdminError } from '../admin-error.ts';
import type { Environment, Network } from './network.ts';

export type Credentials = NonNullable<STSClientConfig['credentials']>;

/** An access key, with its session. */
export type AccessKey = Awaited<ReturnType<ReturnType<typeof defaultProvider>>>;

/** Asks for the code that an MFA device shows. Undefined if it is not given. */
export type AskMfaCode = (device: string) => Promise<string | undefined>;

/** How this machine signs in to AWS. */
export interface MachineCredentials {
  readonly credentials: Credentials;
  /** The credentials if the user typed a code for them: another program would ask for the next code. */
  readonly typedCredentials: () => Promise<AccessKey | undefined>;
}

/**
 * The credentials of this machine, found once and renewed when they end, as the AWS CLI finds them.
 *
 * @param askMfaCode Absent if there is no user to ask.
 * @returns `credentials` throws an `AdminError` if there are no usable ones.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export function credentialsOf(
  environment: Environment,
  requestHandler: Network,
  askMfaCode: AskMfaCode | undefined,
): MachineCredentials {
  const profile = environment['AWS_PROFILE'] || undefined;
  let isTyped = false;
  const find = defaultProvider({
    clientConfig: { requestHandler },
    async mfaCodeProvider(device) {
      const code = await askMfaCode?.(device);
      if (code === undefined) throw new AdminError('mfa_code_is_missing', { profile, device });
      isTyped = true;
      return code;
    },
  });
  const credentials = async (properties?: Parameters<typeof find>[0]): Promise<AccessKey> => {
    const profiles = await knownProfiles();
    // The chain would go on to the machine's role, which is another identity.
    if (profile !== undefined && !profiles.includes(profile)) {
      throw new AdminError('no_such_profile', { profile, profiles });
    }
    try {
      return await find(properties);
    } catch (cause) {
      if (!(cause instanceof CredentialsProviderError)) throw cause;
      throw new AdminError('no_credentials', { profile, profiles, reason: cause.message });
    }
  };
  return { credentials, typedCredentials: async () => (isTyped ? credentials() : undefined) };
}

async function knownProfiles(): Promise<string[]> {
  const sections = Object.keys(await parseKnownFiles({}));
  return sections.filter((name) => !/^(?:sso-session|services)\./.test(name));
}
