import { describe, expect, test } from "vitest";
import { endOfHours, settleHours } from "./wall-hours.ts";

const until = (from: string, to: string, zone: string, now: string) =>
  endOfHours({ from, to, zone }, new Date(now))?.toISOString();

describe("the end of hours", () => {
  test.each([
    ["inside, on one day", "13:00", "15:00", "Europe/Paris", "2024-06-15T12:30:00Z", "2024-06-15T13:00:00.000Z"],
    ["at the first minute", "13:00", "15:00", "Europe/Paris", "2024-06-15T11:00:00Z", "2024-06-15T13:00:00.000Z"],
    ["in the last second", "13:00", "15:00", "Europe/Paris", "2024-06-15T12:59:59.9Z", "2024-06-15T13:00:00.000Z"],
    ["a minute long", "13:00", "13:01", "UTC", "2024-06-15T13:00:30Z", "2024-06-15T13:01:00.000Z"],
    ["before midnight", "22:00", "07:00", "Europe/Paris", "2024-06-15T21:30:00Z", "2024-06-16T05:00:00.000Z"],
    ["after midnight", "22:00", "07:00", "Europe/Paris", "2024-06-16T00:30:00Z", "2024-06-16T05:00:00.000Z"],
    ["at midnight itself", "22:00", "00:00", "UTC", "2024-06-15T23:59:00Z", "2024-06-16T00:00:00.000Z"],
    ["behind UTC", "22:00", "07:00", "America/New_York", "2024-06-16T03:00:00Z", "2024-06-16T11:00:00.000Z"],
    ["a zone of half hours", "22:00", "07:00", "Asia/Kolkata", "2024-06-15T18:00:00Z", "2024-06-16T01:30:00.000Z"],
    ["a zone of quarters", "22:00", "07:00", "Asia/Kathmandu", "2024-06-15T18:00:00Z", "2024-06-16T01:15:00.000Z"],
    ["the clock is put forward", "22:00", "07:00", "Europe/Paris", "2024-03-30T22:00:00Z", "2024-03-31T05:00:00.000Z"],
    ["the clock is put back", "22:00", "07:00", "Europe/Paris", "2024-10-26T21:00:00Z", "2024-10-27T06:00:00.000Z"],
    ["the hour is skipped", "22:00", "02:30", "Europe/Paris", "2024-03-30T22:00:00Z", "2024-03-31T01:00:00.000Z"],
    [
      "half an hour forward",
      "22:00",
      "07:00",
      "Australia/Lord_Howe",
      "2024-10-05T13:00:00Z",
      "2024-10-05T20:00:00.000Z",
    ],
    ["two hours forward", "22:00", "07:00", "Antarctica/Troll", "2024-03-30T23:30:00Z", "2024-03-31T05:00:00.000Z"],
    ["all but an hour", "08:00", "07:00", "Europe/Paris", "2024-06-15T06:00:00Z", "2024-06-16T05:00:00.000Z"],
  ])("%s", (_, from, to, zone, now, end) => {
    expect(until(from, to, zone, now)).toBe(end);
  });

  test.each([
    ["before", "13:00", "15:00", "Europe/Paris", "2024-06-15T10:59:59Z"],
    ["at the end", "13:00", "15:00", "Europe/Paris", "2024-06-15T13:00:00Z"],
    ["by day", "22:00", "07:00", "Europe/Paris", "2024-06-15T12:00:00Z"],
    ["at the end in the morning", "22:00", "07:00", "Europe/Paris", "2024-06-16T05:00:00Z"],
    ["of no length", "22:00", "22:00", "UTC", "2024-06-16T22:00:00Z"],
  ])("none %s", (_, from, to, zone, now) => {
    expect(until(from, to, zone, now)).toBeUndefined();
  });
});

describe("what is kept", () => {
  test("a zone as the database writes it, under the name that was given", () => {
    const hours = { from: "22:00", to: "07:00" };
    expect(settleHours({ ...hours, zone: "europe/paris" })).toEqual({ ...hours, zone: "Europe/Paris" });
    expect(settleHours({ ...hours, zone: "Asia/Kolkata" })).toEqual({ ...hours, zone: "Asia/Kolkata" });
    expect(settleHours(hours)).toEqual({ ...hours, zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
  });

  test.each(["Mars/Olympus", "+02:00", "", "Europe/Paris; drop"])("no zone of the name %s", (zone) => {
    expect(() => settleHours({ from: "22:00", to: "07:00", zone })).toThrow(
      expect.objectContaining({ code: "request.invalid", params: { field: "zone" } }),
    );
  });

  test("no hours of no length", () => {
    expect(() => settleHours({ from: "07:00", to: "07:00" })).toThrow(
      expect.objectContaining({ code: "request.invalid", params: { field: "to" } }),
    );
  });
});
