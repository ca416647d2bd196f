using MudBlazor;

namespace Slipway.Web.Components;

/// <summary>
/// How the portal looks: teal and navy with a warm accent, and the system's own fonts, so that nothing is loaded from elsewhere.
/// Text colours have at least 4.5:1 on their grounds (WCAG 2.2, 1.4.3).
/// </summary>
static class SlipwayTheme
{
    private static readonly string[] Fonts =
        ["Inter", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Helvetica Neue", "Arial", "sans-serif"];

    public static MudTheme Light { get; } = Create(":root");

    public static MudTheme Dark { get; } = Create(":root[data-theme='dark']");

    private static MudTheme Create(string scope) => new()
    {
        PseudoCss = new() { Scope = scope },
        PaletteLight = new PaletteLight
        {
            Primary = "#0f766e",
            PrimaryContrastText = "#ffffff",
            Secondary = "#c2410c",
            SecondaryContrastText = "#ffffff",
            Tertiary = "#1d4e72",
            TertiaryContrastText = "#ffffff",
            Info = "#0369a1",
            Success = "#15803d",
            Warning = "#a1500a",
            Error = "#b91c1c",
            Dark = "#0b2a3c",
            TextPrimary = "#14242e",
            TextSecondary = "#4b5d69",
            TextDisabled = "#8496a1",
            ActionDefault = "#4b5d69",
            ActionDisabled = "#8496a1",
            ActionDisabledBackground = "#e3e9ec",
            Background = "#f4f7f8",
            BackgroundGray = "#eaf0f2",
            Surface = "#ffffff",
            DrawerBackground = "#ffffff",
            DrawerText = "#24363f",
            DrawerIcon = "#4b5d69",
            AppbarBackground = "#0b2a3c",
            AppbarText = "#f3f8fa",
            LinesDefault = "#d9e2e6",
            LinesInputs = "#7d909b",
            TableLines = "#e3e9ec",
            TableHover = "#0f766e0d",
            Divider = "#dde5e9",
            DividerLight = "#e9eff1",
            Skeleton = "#e3eaed",
            OverlayDark = "rgba(8,28,40,.55)",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#2dd4bf",
            PrimaryContrastText = "#04211d",
            Secondary = "#fb923c",
            SecondaryContrastText = "#2a1203",
            Tertiary = "#7cc4f0",
            TertiaryContrastText = "#06202f",
            Info = "#60b8f0",
            InfoContrastText = "#06202f",
            Success = "#4ade80",
            SuccessContrastText = "#052e16",
            Warning = "#fbbf24",
            WarningContrastText = "#2b1c02",
            Error = "#f98080",
            ErrorContrastText = "#2f0606",
            Dark = "#22343f",
            TextPrimary = "#e6eef2",
            TextSecondary = "#a3b5bf",
            TextDisabled = "#6a7d88",
            ActionDefault = "#a3b5bf",
            ActionDisabled = "#5b6d77",
            ActionDisabledBackground = "#1f303a",
            Background = "#0b151c",
            BackgroundGray = "#0f1c24",
            Surface = "#13212a",
            DrawerBackground = "#0f1b23",
            DrawerText = "#d3dfe5",
            DrawerIcon = "#a3b5bf",
            AppbarBackground = "#081821",
            AppbarText = "#e6eef2",
            LinesDefault = "#263843",
            LinesInputs = "#5f7683",
            TableLines = "#21323c",
            TableHover = "#2dd4bf12",
            Divider = "#243640",
            DividerLight = "#1c2c35",
            Skeleton = "#1b2b35",
            OverlayDark = "rgba(2,8,12,.65)",
        },
        LayoutProperties = new() { DefaultBorderRadius = "8px", DrawerWidthLeft = "248px", AppbarHeight = "56px" },
        Typography = new()
        {
            Default = new DefaultTypography { FontFamily = Fonts, FontSize = ".9rem", LineHeight = "1.5", LetterSpacing = "normal" },
            H1 = new H1Typography { FontFamily = Fonts, FontSize = "1.65rem", FontWeight = "650", LineHeight = "1.25", LetterSpacing = "-.015em" },
            H2 = new H2Typography { FontFamily = Fonts, FontSize = "1.15rem", FontWeight = "650", LineHeight = "1.35", LetterSpacing = "-.005em" },
            H3 = new H3Typography { FontFamily = Fonts, FontSize = "1rem", FontWeight = "650", LineHeight = "1.4", LetterSpacing = "normal" },
            H6 = new H6Typography { FontFamily = Fonts, FontSize = "1.1rem", FontWeight = "650", LineHeight = "1.4", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontFamily = Fonts, FontSize = ".94rem", LineHeight = "1.55", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = Fonts, FontSize = ".875rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Caption = new CaptionTypography { FontFamily = Fonts, FontSize = ".8rem", LineHeight = "1.45", LetterSpacing = "normal" },
            Button = new ButtonTypography
            {
                FontFamily = Fonts,
                FontSize = ".875rem",
                FontWeight = "600",
                LineHeight = "1.6",
                LetterSpacing = "normal",
                TextTransform = "none",
            },
        },
    };
}
