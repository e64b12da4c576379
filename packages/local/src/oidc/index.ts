export { type LocalIssuer, startIssuer } from './issuer.ts';
export { issuerEnvironment, setUpSignIn, signInClients } from './local-sign-in.ts';
