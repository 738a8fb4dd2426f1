/** The API's own types by name, as the contract has them. */

import type { components } from "./generated/contract.js";

type Schemas = components["schemas"];

// What is asked.
export type Rubric = Schemas["Rubric"];
export type Question = Schemas["Question"];
export type SingleQuestion = Schemas["SingleQuestion"];
export type MultipleQuestion = Schemas["MultipleQuestion"];
export type Option = Schemas["Option"];
export type Dimension = Schemas["Dimension"];
export type Gate = Schemas["Gate"];
export type Level = Schemas["Level"];
export type Recommendation = Schemas["Recommendation"];
export type Study = Schemas["Study"];
export type Finding = Schemas["Finding"];

// What is answered, and what comes of it.
export type Answer = Schemas["Answer"];
export type ScoreRequest = Schemas["ScoreRequest"];
export type BatchRequest = Schemas["BatchRequest"];
export type BatchAnswer = Schemas["BatchAnswer"];
export type BatchItem = BatchAnswer["data"][number];
export type Result = Schemas["Result"];
export type Rating = Schemas["Rating"];
export type Bounds = Schemas["Bounds"];
export type DimensionResult = Schemas["DimensionResult"];
export type QuestionResult = Schemas["QuestionResult"];
export type AnsweredQuestion = Schemas["AnsweredQuestion"];
export type UnansweredQuestion = Schemas["UnansweredQuestion"];
export type RecommendationResult = Schemas["RecommendationResult"];
export type NextLevel = Schemas["NextLevel"];
export type Perception = Schemas["Perception"];

// What is kept.
export type Assessment = Schemas["Assessment"];
export type OpenAssessment = Schemas["OpenAssessment"];
export type CompletedAssessment = Schemas["CompletedAssessment"];
export type AssessmentRequest = Schemas["AssessmentRequest"];
export type AssessmentPatch = Schemas["AssessmentPatch"];
export type AssessmentBenchmark = Schemas["AssessmentBenchmark"];
export type AssessmentChange = Schemas["AssessmentChange"];
export type Response = Schemas["Response"];
export type ResponseDetails = Schemas["ResponseDetails"];
export type ResponsePatch = Schemas["ResponsePatch"];
export type NewResponseRequest = Schemas["NewResponseRequest"];
export type Invitation = Schemas["Invitation"];
export type InvitationRequest = Schemas["InvitationRequest"];
export type NewInvitation = Schemas["NewInvitation"];
export type NewInvitations = Schemas["NewInvitations"];
export type OwnInvitation = Schemas["OwnInvitation"];
export type OwnResponse = Schemas["OwnResponse"];
export type OwnResponsePatch = Schemas["OwnResponsePatch"];
export type ShareLink = Schemas["ShareLink"];
export type ShareLinkRequest = Schemas["ShareLinkRequest"];
export type NewShareLink = Schemas["NewShareLink"];
export type Organisation = Schemas["Organisation"];
export type OrganisationDetails = Schemas["OrganisationDetails"];
export type OrganisationRequest = Schemas["OrganisationRequest"];
export type OrganisationExport = Schemas["OrganisationExport"];
export type Trend = Schemas["Trend"];
export type Benchmarks = Schemas["Benchmarks"];
export type CohortBenchmark = Schemas["CohortBenchmark"];

// The account and the service.
export type ApiKey = Schemas["ApiKey"];
export type KeyRequest = Schemas["KeyRequest"];
export type NewKey = Schemas["NewKey"];
export type RollRequest = Schemas["RollRequest"];
export type WebhookEndpoint = Schemas["WebhookEndpoint"];
export type WebhookEndpointRequest = Schemas["WebhookEndpointRequest"];
export type WebhookEndpointPatch = Schemas["WebhookEndpointPatch"];
export type NewWebhookEndpoint = Schemas["NewWebhookEndpoint"];
export type RotationRequest = Schemas["RotationRequest"];
export type Event = Schemas["Event"];
export type ResendRequest = Schemas["ResendRequest"];
export type Delivery = Schemas["Delivery"];
export type AuditEvent = Schemas["AuditEvent"];
export type ErrorCode = Schemas["ErrorCode"];
export type ErrorCodes = Schemas["ErrorCodes"];
export type Health = Schemas["Health"];
export type Readiness = Schemas["Readiness"];
export type Problem = Schemas["Problem"];
export type ProblemDocument = Schemas["ProblemDocument"];
