/** Why a token was refused. Only the log says it: the caller learns only of the refusal. */
export type TokenFault =
  | 'missing'
  | 'expired'
  | 'not_yet_valid'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'wrong_algorithm'
  | 'wrong_token_use'
  | 'bad_signature'
  | 'unknown_key'
  | 'unknown_extension'
  | 'malformed';

export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly fault: TokenFault;

  constructor(fault: TokenFault) {
    super(fault);
    this.fault = fault;
  }
}
