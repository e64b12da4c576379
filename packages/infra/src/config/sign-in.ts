import * as z from 'zod/mini';
import { namePattern } from './name.ts';

/** How a token's claim leads to a team. */
interface TeamClaim {
  /**
   * Name of the claim that holds the team: a string, or a list of strings, of which the first that is a team counts. People
   * must not be able to set it themselves, or they choose their own team; groups are best. `email` and `phone_number`
   * count only if the token says that they are verified. Default: `cognito:groups` for a user pool, `team` for another
   * issuer.
   */
  claim?: string | undefined;
  /** Team by value of the claim. Other values are then refused. Default: the value is the team's name. */
  teams?: Readonly<Record<string, string>> | undefined;
}

/** A user pool of Amazon Cognito. */
export interface CognitoSignIn extends TeamClaim {
  /**
   * `create` makes a user pool with this deployment, with a group for each team, and without users. Otherwise the id of a
   * pool, and of the app clients whose tokens are accepted.
   */
  cognito: 'create' | { userPoolId: string; clientId: string | readonly string[] };
  /**
   * Which of the pool's tokens callers send. Attributes of users, such as `email`, are in ID tokens only. Default: `access`.
   *
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
   */
  tokenUse?: 'access' | 'id' | undefined;
}

/** Any issuer of OpenID Connect: Entra ID, Okta, Auth0, Keycloak, Google, GitHub Actions. */
export interface OidcSignIn extends TeamClaim {
  /** URL of the issuer, exactly as in the `iss` of its tokens. */
  issuer: string;
  /** The accepted `aud` of a token. */
  audience: string | readonly string[];
  /** URL of the issuer's signing keys. Default: the one in its `/.well-known/openid-configuration`. */
  jwksUri?: string | undefined;
}

/** How people and programs call with a token of your company's sign-in, as well as with API keys. */
export type AuthoredSignIn = CognitoSignIn | OidcSignIn;

/**
 * The standard attributes of a user pool's users, which are claims of their ID tokens. Users can set their own, unless
 * the app client's `WriteAttributes` forbid it.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
 */
export const userAttributes: readonly string[] = [
  'address',
  'birthdate',
  'email',
  'family_name',
  'gender',
  'given_name',
  'locale',
  'middle_name',
  'name',
  'nickname',
  'phone_number',
  'picture',
  'preferred_username',
  'profile',
  'updated_at',
  'website',
  'zoneinfo',
];

const text = z.string().check(z.minLength(1, 'must not be empty'));
const texts = z.pipe(
  z.union([text, z.array(text).check(z.minLength(1, 'must name at least one'))]),
  z.transform((value): string[] => (typeof value === 'string' ? [value] : [...value])),
);
const httpsUrl = z
  .string()
  .check(
    z.regex(
      /^https:\/\/[^\s?#]+$/,
      'must be an https URL without a query, such as https://login.example.com',
    ),
  );
const teamName = z
  .string()
  .check(
    z.regex(
      namePattern,
      'must be the name of a team: at most 64 letters, digits, dots, hyphens and underscores',
    ),
  );

const UserPool = z.strictObject({
  userPoolId: z
    .string()
    .check(
      z.regex(
        /^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]+$/,
        'must be the id of a user pool, such as us-east-1_a1B2c3D4e',
      ),
    ),
  clientId: texts,
});

/** What belongs to one kind of issuer, and what is wrong with it beside the other. */
const fieldsOfIssuers = ['audience', 'jwksUri'] as const;

/** The config's `signIn`, checked. A checked one passes unchanged. */
export const SignIn = z.pipe(
  z
    .strictObject({
      cognito: z.optional(z.union([UserPool, z.literal('create')])),
      tokenUse: z.optional(z.enum(['access', 'id'])),
      issuer: z.optional(httpsUrl),
      audience: z.optional(texts),
      jwksUri: z.optional(httpsUrl),
      claim: z.optional(text),
      teams: z.optional(z.record(z.string(), teamName)),
    })
    .check(
      z.check(({ value, issues }) => {
        const fault = (path: string[], message: string): void =>
          void issues.push({ code: 'custom', path, message, input: value });
        if ((value.cognito === undefined) === (value.issuer === undefined)) {
          fault([], "must have either cognito (such as 'create') or issuer (a URL), and not both");
        } else if (value.issuer !== undefined) {
          if (value.audience === undefined) {
            fault(['audience'], 'is missing; without it, tokens for any other app would be accepted');
          }
          if (value.tokenUse !== undefined) fault(['tokenUse'], 'is for cognito only; remove it');
        } else {
          for (const field of fieldsOfIssuers) {
            if (value[field] !== undefined) fault([field], 'is for an issuer; remove it, cognito knows it');
          }
        }
        if (value.teams && Object.keys(value.teams).length === 0) {
          fault(['teams'], 'must map at least one value, or be left out');
        }
      }),
    ),
  z.transform(({ cognito, issuer, audience, claim, teams, tokenUse, jwksUri }): SignIn => {
    if (cognito !== undefined) {
      return { cognito, tokenUse: tokenUse ?? 'access', claim: claim ?? 'cognito:groups', teams };
    }
    return { issuer: issuer ?? '', audience: audience ?? [], jwksUri, claim: claim ?? 'team', teams };
  }),
);

interface CheckedTeamClaim {
  readonly claim: string;
  readonly teams: Readonly<Record<string, string>> | undefined;
}

/** A checked {@link CognitoSignIn} with every default filled in. */
export interface CheckedCognitoSignIn extends CheckedTeamClaim {
  readonly cognito: 'create' | { readonly userPoolId: string; readonly clientId: readonly string[] };
  readonly tokenUse: 'access' | 'id';
}

/** A checked {@link OidcSignIn} with every default filled in. */
export interface CheckedOidcSignIn extends CheckedTeamClaim {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly jwksUri: string | undefined;
}

export type SignIn = CheckedCognitoSignIn | CheckedOidcSignIn;
