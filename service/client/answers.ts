/** The answers of a server, as its schemas say. */
import type { Static } from "typebox";
import type * as schemas from "../http/schemas.ts";

export type StatusAnswer = Static<typeof schemas.StatusAnswer>;
export type HeadAnswer = Static<typeof schemas.HeadAnswer>;
export type GenesisAnswer = Static<typeof schemas.GenesisAnswer>;
export type NamesAnswer = Static<typeof schemas.NamesAnswer>;
export type CellAnswer = Static<typeof schemas.CellAnswer>;
export type OpeningAnswer = Static<typeof schemas.OpeningAnswer>;
export type RightsAnswer = Static<typeof schemas.RightsAnswer>;
export type ProgramAnswer = Static<typeof schemas.ProgramAnswer>;
export type LogAnswer = Static<typeof schemas.LogAnswer>;
export type RecordsAnswer = Static<typeof schemas.RecordsAnswer>;
export type ToSignAnswer = Static<typeof schemas.ToSignAnswer>;
export type BatchesAnswer = Static<typeof schemas.BatchesAnswer>;
export type ProposalState = Static<typeof schemas.ProposalState>;
export type ProposalsAnswer = Static<typeof schemas.ProposalsAnswer>;
export type ProposalAnswer = Static<typeof schemas.ProposalAnswer>;
export type RangeAnswer = Static<typeof schemas.RangeAnswer>;
