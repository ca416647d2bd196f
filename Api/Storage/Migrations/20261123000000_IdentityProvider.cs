using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Slipway.Api.Storage.Migrations
{
    /// <inheritdoc />
    public partial class IdentityProvider : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "administrator_by_provider",
                table: "users",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ends_at",
                table: "sessions",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "hand_role",
                table: "collaborators",
                type: "character varying(16)",
                maxLength: 16,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "mapped_role",
                table: "collaborators",
                type: "character varying(16)",
                maxLength: 16,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "administrator_by_provider",
                table: "users");

            migrationBuilder.DropColumn(
                name: "ends_at",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "hand_role",
                table: "collaborators");

            migrationBuilder.DropColumn(
                name: "mapped_role",
                table: "collaborators");
        }
    }
}
