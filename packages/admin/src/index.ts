export { AdminError, type AdminErrorCode, type AdminProblems } from './admin-error.ts';
export { type AskEvent, type AskOptions, askAsKey } from './ask/ask-as-key.ts';
export { type AuditQuery, type AuditRecord, listChanges } from './audit/audit.ts';
export { awsAdvice, signInAdvice } from './aws/aws-advice.ts';
export type { AccessKey } from './aws/credentials.ts';
export {
  type AwsAccess,
  awsAccess,
  awsEndpoints,
  type ClientSettings,
  type Endpoints,
  localEndpoints,
  localToken,
} from './aws/endpoints.ts';
export { type DeployedStack, deployedStack, deployedTemplate } from './aws/stack.ts';
export { concurrently } from './concurrently.ts';
export { type Change, type CostChange, compareCosts } from './cost/compare-costs.ts';
export { costInForce } from './cost/cost-in-force.ts';
export {
  type Bound,
  CostStatement,
  costStatement,
  type LimitsAtRunTime,
  type TeamCost,
} from './cost/cost-statement.ts';
export { type Day, dayIn } from './day-in.ts';
export { type Days, daysOfMonth } from './days.ts';
export { type Deployment, openDeployment } from './deployment.ts';
export { configWarnings } from './doctor/config-warnings.ts';
export { checkCredentials } from './doctor/credentials.ts';
export { type Diagnosis, diagnose } from './doctor/doctor.ts';
export type { Check, Finding, Remedy, Subject } from './doctor/finding.ts';
export type { ModelAccess } from './doctor/model-access.ts';
export { type LimitsReview, reviewLimits } from './doctor/review-limits.ts';
export { codeOf, failureText } from './failure-text.ts';
export { createKey, type NewKey } from './keys/create-key.ts';
export { keyNamesById } from './keys/key-names.ts';
export { setDisabled, setExpiry } from './keys/key-state.ts';
export { type KeyRecord, type LimitedKey, listKeys, readAccess } from './keys/keys.ts';
export { findRevocable, revokeKey } from './keys/revoke-key.ts';
export { type Replaced, rotateKey } from './keys/rotate-key.ts';
export { syncSignInKeys } from './keys/sync-sign-in-keys.ts';
export {
  type ChangedLimits,
  changeLimits,
  type LimitsChange,
} from './limits/change-limits.ts';
export { limitsAtRunTime } from './limits/limits-at-run-time.ts';
export { type LimitsRecord, listLimits } from './limits/list-limits.ts';
export type { FoundSubject, LimitSubject, Member } from './limits/subject.ts';
export {
  chargeText,
  countText,
  limitNameText,
  limitsText,
  limitText,
  secondsText,
} from './limits-text.ts';
export { checkModelAccess, type DescribedAccess } from './models/check-model-access.ts';
export { type DescribedModel, describeModels } from './models/describe-models.ts';
export {
  addReceiver,
  listReceivers,
  type Receiver,
  type ReceiverOutcome,
  type ReceiverRecord,
  removeReceiver,
} from './notices/receivers.ts';
export { adoptPlans, deletePlan } from './plans/delete-plan.ts';
export { listPlans, type PlanRecord } from './plans/list-plans.ts';
export { configWithPlans, requirePlan } from './plans/plans.ts';
export { createPlan, setPlan } from './plans/write-plan.ts';
export {
  comparePrices,
  type PriceComparison,
  type PriceDifference,
  type UnlistedPrice,
} from './prices/compare-prices.ts';
export { type CheckedItem, checkOff } from './prove/checklist.ts';
export type { ProofResult } from './prove/proof.ts';
export { type ProveOptions, proofNames, prove } from './prove/prove.ts';
export { removeLeftovers } from './prove/throwaway.ts';
export { limitsUnder } from './replay/limits-under.ts';
export { type Reason, type Replay, type ReplayedTeam, replay } from './replay/replay.ts';
export { requestLinesOf } from './replay/request-lines.ts';
export { describeRequest, wasFound } from './requests/describe-request.ts';
export { findRequest, type RequestLookup, type RequestQuery } from './requests/find-request.ts';
export type { GatewayAccess, LoggedAuthorization, LoggedRequest } from './requests/logged-request.ts';
export type { StatisticsAmounts } from './statistics/day-log.ts';
export type { Latency } from './statistics/latency.ts';
export {
  type DayStatistics,
  Statistics,
  type StatisticsOptions,
  type StatisticsQuery,
  type StatisticsReport,
} from './statistics/statistics.ts';
export type { ErrorCount, TeamAmounts } from './statistics/summary.ts';
export { adoptTeams } from './teams/adopt-teams.ts';
export { checkDeletable, deleteTeam, keyNamesOf } from './teams/delete-team.ts';
export {
  type Imported,
  type ImportPreview,
  type ImportProblem,
  importTeams,
  parseTeams,
  previewImport,
  type TeamImport,
} from './teams/import-teams.ts';
export { moveTeam } from './teams/move-team.ts';
export { createTeam, listTeams, requireTeam, type Team } from './teams/teams.ts';
export { parseTeamsCsv, teamsCsvColumns } from './teams/teams-csv.ts';
export {
  type BreakdownAmounts,
  type BreakdownRow,
  type UsageBreakdown,
  type UsageDimension,
  usageBreakdown,
  usageDimensions,
} from './usage-breakdown.ts';
export { nearestLimit, shareOf, type Usage, type UsageReport, usageReport } from './usage-report.ts';
