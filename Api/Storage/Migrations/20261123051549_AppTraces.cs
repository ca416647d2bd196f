using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Slipway.Api.Storage.Migrations
{
    /// <inheritdoc />
    public partial class AppTraces : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "trace_parent",
                table: "apps",
                type: "text",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "trace_parent",
                table: "apps");
        }
    }
}
