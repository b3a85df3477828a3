# The beginning of every script. Windows PowerShell 5.1 and PowerShell 7; ASCII only.
param([string]$EncodedParameters)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$WarningPreference = 'SilentlyContinue'
$VerbosePreference = 'SilentlyContinue'
$InformationPreference = 'SilentlyContinue'
$ProgressPreference = 'SilentlyContinue'

$Invariant = [Globalization.CultureInfo]::InvariantCulture
$Clock = [Diagnostics.Stopwatch]::StartNew()
$Parameters = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($EncodedParameters)) | ConvertFrom-Json

function Format-Time($value) {
    if ($null -eq $value) { return $null }
    return ([DateTime]$value).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ', $Invariant)
}
