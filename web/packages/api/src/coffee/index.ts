import type { components, paths } from "./schema.d.ts";

export type { paths };

type Schemas = components["schemas"];

export type Board = Schemas["Board"];
export type CupInput = Schemas["CupInput"];
export type DrinkView = Schemas["DrinkView"];
export type EstimateView = Schemas["EstimateView"];
export type InventoryRow = Schemas["InventoryRow"];
export type MenuView = Schemas["MenuView"];
export type MilkColor = Schemas["MilkColor"];
export type NewOrder = Schemas["NewOrder"];
export type OfferView = Schemas["OfferView"];
export type Operation = Schemas["Operation"];
export type OptionView = Schemas["OptionView"];
export type OrderView = Schemas["OrderView"];
export type PlacedView = Schemas["PlacedView"];
export type QueueView = Schemas["QueueView"];
export type SignedIn = Schemas["SignedIn"];
export type Snapshot = Schemas["Snapshot"];
export type StationHead = Schemas["StationHead"];
export type StationPage = Schemas["StationPage"];
export type StationView = Schemas["StationView"];
export type User = Schemas["SignedInUser"];
