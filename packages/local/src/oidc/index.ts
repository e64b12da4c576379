export { type LocalIssuer, startIssuer } from './issuer.ts';
export { issuerEnvironment, setUpSignIn } from './local-sign-in.ts';
